import { defineFormat, type FormatEvent, hex, instant } from 'tocsin/plugin'
import { z } from 'zod'
import { bodySignature } from './body-signature.ts'

/**
 * Seed 4: the envelope, and `sha256=` and HMAC-SHA256 of the body in one header. The seed dedupes by
 * `webhookId`, which names the webhook and not the message: the event's id is beside it.
 */
export const dakkio = defineFormat({
  name: 'dakkio',
  title: 'dakkio',
  summary: 'Receivers written for dakkio webhooks.',
  config: z.strictObject({
    bucketId: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('The `bucketId` of every payload. Default: the id of the instance.'),
  }),
  render: ([event], { webhook, config }) => ({
    body: JSON.stringify({
      event: isAlert(event) ? 'alert.triggered' : event.type,
      timestamp: instant(event.timestamp),
      webhookId: webhook.id,
      bucketId: config.bucketId ?? sourceId(event),
      data: isAlert(event) ? alertData(event) : { ...source(event), ...event.data },
      id: event.id,
    }),
  }),
  headers: async (attempt) => ({
    ...(await bodySignature(attempt, 'X-Webhook-Signature', (bytes) => `sha256=${hex(bytes)}`)),
    'webhook-id': attempt.events[0].id,
  }),
})

function isAlert({ alert, severity }: FormatEvent): boolean {
  return alert.state === 'firing' && severity !== 'info'
}

function sourceId({ instance }: FormatEvent): string {
  return instance?.id ?? (instance ? `${instance.host}:${instance.port}` : 'tocsin')
}

function source(event: FormatEvent) {
  return { dataSourceId: sourceId(event), dataSourceName: event.instance?.name ?? 'Tocsin' }
}

/** An event without a threshold is a condition that holds: one of one. */
function alertData(event: FormatEvent) {
  const { alert, summary, message, threshold, timestamp, data, instance } = event
  const numbers = Object.entries(data).filter(([, value]) => typeof value === 'number')
  return {
    alertId: alert.key,
    alertName: summary.replace(/\.$/, ''),
    ...source(event),
    condition: message,
    currentValue: threshold?.value ?? 1,
    threshold: threshold?.limit ?? 1,
    operator: threshold?.direction === 'below' ? '<=' : '>=',
    triggeredAt: instant(timestamp),
    dataPoint: {
      timestamp: instant(timestamp),
      values: Object.fromEntries(numbers),
      metadata: { type: event.type, severity: event.severity, ...instance?.labels },
    },
  }
}
