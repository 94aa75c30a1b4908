import { defineFormat, type FormatContext, type FormatEvent, hex, instant } from 'tocsin/plugin'
import { bodySignature } from './body-signature.ts'

/**
 * Seed 3: the envelope, its headers, `sha256=` and HMAC-SHA256 of the body. The seed's own receivers
 * parse and print the body before they verify it, so it holds only what survives that.
 */
export const db24x7 = defineFormat({
  name: 'db24x7',
  title: 'DB24x7',
  summary: 'Receivers written for DB24x7 webhooks.',
  render: ([event], context) => ({
    body: JSON.stringify({
      id: eventId(event),
      type: typeOf(event),
      created_at: instant(event.timestamp),
      data: isAlert(event) ? alertData(event) : otherData(event),
      account_id: accountOf(context),
      environment: context.environment,
    }),
  }),
  async headers(attempt) {
    const { events, timestamp, attemptId } = attempt
    return {
      ...(await bodySignature(attempt, 'X-DB24x7-Signature', (bytes) => `sha256=${hex(bytes)}`)),
      'X-DB24x7-Event-ID': eventId(events[0]),
      'X-DB24x7-Delivery-ID': attemptId,
      'X-DB24x7-Timestamp': String(Math.floor(timestamp / 1000)),
    }
  },
})

const eventId = ({ id }: FormatEvent) => `evt_${id.replaceAll('-', '')}`
const accountOf = ({ accountId = 'default' }: FormatContext) => accountId

/** The names of seed 3 where they mean the same; else our own, which its receivers must expect. */
function typeOf(event: FormatEvent): string {
  if (event.meaning === 'connection_failed') return 'database.connection_failed'
  if (event.meaning === 'healthy') return 'database.health_check'
  if (event.alert.state === 'resolved') return `alert.${event.alert.state}`
  if (event.severity === 'warning') return 'alert.warning'
  return event.severity === 'info' ? event.type : 'alert.critical'
}

function isAlert(event: FormatEvent): boolean {
  return typeOf(event).startsWith('alert.')
}

function databaseOf({ instance }: FormatEvent) {
  return instance?.name ?? 'none'
}

function alertData(event: FormatEvent) {
  const { alert, severity, type, threshold, data, message, timestamp, links } = event
  const raised = alert.type
  return {
    alert_id: alert.key,
    database: databaseOf(event),
    severity: severity === 'error' ? 'critical' : severity,
    category: raised.split('.')[0] ?? raised,
    metric: typeof data.metric === 'string' ? data.metric : raised,
    current_value: threshold?.value ?? number(data.value),
    threshold: threshold?.limit ?? number(data.threshold),
    duration_seconds: Math.max(0, Math.round((timestamp - alert.since) / 1000)),
    message,
    affected_resources: {},
    suggested_actions: [],
    dashboard_url: links.event ?? '',
    event: type,
    details: data,
  }
}

function otherData(event: FormatEvent) {
  return { ...event.data, database: databaseOf(event), dashboard_url: event.links.event ?? '' }
}

/** Numbers, for receivers that calculate with them. */
function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
