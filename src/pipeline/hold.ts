import { effectiveThreshold } from '../rules/evaluate.ts'
import { indexStanding, judge, type StandingIndex } from '../rules/judge.ts'
import { alertResolved } from '../rules/operational.ts'
import { allowed } from '../rules/subscription.ts'
import type { Alert } from '../store/alerts.ts'
import type { NewEvent } from '../store/outbox.ts'
import type { Webhook } from '../store/webhooks.ts'
import { compose } from './compose.ts'
import {
  newDelivery,
  newEvent,
  type Plan,
  type PlannedEvent,
  type Reading,
  type Situation,
  type Source,
} from './reading.ts'
import type { AlertsByWebhook } from './standing.ts'
import { limitOf, type Subscribers } from './subscribers.ts'

/** What a reading with a threshold comes to. */
export interface Held {
  readonly event: Omit<PlannedEvent, 'step'> | undefined
  readonly resolved: Omit<Plan['resolved'][number], 'step'> | undefined
  readonly raised: readonly Alert[]
  readonly cleared: readonly Alert[]
  readonly peaks: readonly Alert[]
}

/** An event with a threshold: each webhook holds the reading against its own. */
export function hold(
  source: Source,
  reading: Reading,
  standing: AlertsByWebhook,
  { subscribers, tier }: Situation,
): Held {
  const { declaration } = reading.event
  const { threshold } = declaration
  const value = threshold?.value(reading.data) ?? Number.NaN
  const baseline = threshold?.auto?.(reading.data) ?? Number.NaN
  const heard = allowed(reading.event, tier) ? subscribers : undefined
  const { fire, clear, worse } = judge(
    { value, baseline, direction: threshold?.direction ?? 'above' },
    heard?.limits(declaration.type, source) ?? [],
    indexed(standing, source, reading, heard),
  )
  if (fire.length + clear.length + worse.length === 0 && source.origin !== 'api') return nothing

  const written = texts(reading)
  const usual = effectiveThreshold(declaration, {}, reading.data) ?? Number.NaN
  const event = newEvent(source, reading, written(usual))
  const owed = fire.map(({ webhookId, threshold }) => {
    const data = written(threshold)
    return {
      delivery: newDelivery(event, webhookId, data === event.data ? null : data),
      alert: {
        webhookId,
        instance: source.key,
        eventType: declaration.type,
        subject: reading.subject,
        eventId: event.id,
        threshold,
        value,
        peak: value,
        since: source.at,
      },
    }
  })
  const always = source.origin === 'api'
  const ended = clear.map((alert) => {
    const webhook = heard?.byId.get(alert.webhookId)
    // Alerts of webhooks that are off, or no longer ask for this: they end too, and nobody is told.
    const isHeard = webhook && subscribers.hearing.hearsFrom(webhook, reading.event, source)
    return { alert, webhook: isHeard ? webhook : undefined }
  })
  return {
    event: owed.length > 0 || always ? { event, always, certain: false, owed } : undefined,
    resolved: clear.length > 0 ? resolve(source, reading, value, ended, subscribers) : undefined,
    raised: owed.map(({ alert }) => alert),
    cleared: clear,
    peaks: worse.map((alert) => ({ ...alert, value, peak: value })),
  }
}

const nothing: Held = { event: undefined, resolved: undefined, raised: [], cleared: [], peaks: [] }

interface Indexed {
  readonly subscribers: Subscribers | undefined
  readonly labels: string
  readonly index: StandingIndex<Alert>
}
const known = new WeakMap<AlertsByWebhook, Indexed>()

/** Alerts sorted by what they are held against now: once, until they or the webhooks change. */
function indexed(
  standing: AlertsByWebhook,
  source: Source,
  { event }: Reading,
  subscribers: Subscribers | undefined,
): StandingIndex<Alert> {
  const labels = JSON.stringify(source.labels)
  const before = known.get(standing)
  if (before?.subscribers === subscribers && before?.labels === labels) return before.index
  const limit = (webhookId: string) => {
    const webhook = subscribers?.byId.get(webhookId)
    return webhook && subscribers?.hearing.hearsFrom(webhook, event, source)
      ? limitOf(event.declaration, webhook)
      : undefined
  }
  const direction = event.declaration.threshold?.direction ?? 'above'
  const index = indexStanding(standing, limit, direction)
  known.set(standing, { subscribers, labels, index })
  return index
}

function resolve(
  source: Source,
  reading: Reading,
  value: number,
  ended: readonly { alert: Alert; webhook: Webhook | undefined }[],
  { hearing }: Subscribers,
): Held['resolved'] {
  const text = (alert: Alert) =>
    compose(
      alertResolved,
      {
        event: alert.eventType,
        ...(reading.subject !== '' && { subject: reading.subject }),
        value,
        peak: alert.peak,
        threshold: alert.threshold,
        since: alert.since.getTime(),
        durationMs: Math.max(0, source.at.getTime() - alert.since.getTime()),
      },
      undefined,
    )
  const cleared = ended.map(({ alert }) => alert)
  const [first] = cleared
  const event: NewEvent = {
    ...newEvent(source, reading, first === undefined ? '{}' : text(first)),
    type: alertResolved.type,
    severity: alertResolved.severity,
    source: 'service',
  }
  const owed = ended.flatMap(({ alert, webhook }) =>
    webhook !== undefined && hearing.hearsResolved(webhook)
      ? [{ delivery: newDelivery(event, webhook.id, text(alert)), alert }]
      : [],
  )
  return { event, always: false, certain: false, owed, cleared }
}

/** The reading's text by threshold, each written once however many webhooks share it. */
function texts({ event, data }: Reading): (threshold: number) => string {
  const known = new Map<number, string>()
  return (threshold) => {
    const text = known.get(threshold) ?? compose(event.declaration, data, threshold)
    known.set(threshold, text)
    return text
  }
}
