import { defaultHysteresisFactor, effectiveThreshold, evaluate } from '../rules/evaluate.ts'
import { alertResolved } from '../rules/operational.ts'
import { allowed } from '../rules/subscription.ts'
import { type Alert, alertKey } from '../store/alerts.ts'
import type { NewDelivery, NewEvent } from '../store/events.ts'
import type { Webhook } from '../store/webhooks.ts'
import { compose } from './compose.ts'
import {
  newDelivery,
  newEvent,
  type Plan,
  type Reading,
  type Situation,
  type Source,
} from './reading.ts'
import type { Subscribers } from './subscribers.ts'

/** An event with a threshold: each webhook holds the reading against its own. */
export function hold(source: Source, reading: Reading, situation: Situation): Plan {
  const { declaration } = reading.event
  const value = declaration.threshold?.value(reading.data) ?? Number.NaN
  const written = texts(reading)
  const event = newEvent(source, reading, written(limitFor(reading, {})))
  const owed: { delivery: NewDelivery; alert: Alert }[] = []
  const cleared: { alert: Alert; webhook: Webhook | undefined }[] = []
  const peaks: Alert[] = []

  const webhooks = allowed(reading.event, situation.tier)
    ? situation.subscribers.of(declaration.type, source)
    : []
  const orphans = new Map(
    [...situation.standing].filter(
      ([, alert]) =>
        alert.instance === source.key &&
        alert.eventType === declaration.type &&
        alert.subject === reading.subject,
    ),
  )
  const judge = (webhook: Webhook | undefined, alert: Alert | undefined, threshold: number) =>
    evaluate({
      value,
      threshold,
      hysteresisFactor: webhook?.alertConfig?.hysteresisFactor ?? defaultHysteresisFactor,
      direction: declaration.threshold?.direction ?? 'above',
      standing: alert !== undefined,
    })

  for (const webhook of webhooks) {
    const key = {
      webhookId: webhook.id,
      instance: source.key,
      eventType: declaration.type,
      subject: reading.subject,
    }
    const alert = situation.standing.get(alertKey(key))
    orphans.delete(alertKey(key))
    const threshold = limitFor(reading, webhook.thresholds ?? {})
    const verdict = judge(webhook, alert, threshold)
    if (verdict === 'fire') {
      const data = written(threshold)
      const delivery = newDelivery(event, webhook.id, data === event.data ? null : data)
      const since = { eventId: event.id, since: source.at }
      owed.push({ delivery, alert: { ...key, ...since, threshold, value, peak: value } })
    }
    if (alert === undefined) continue
    if (verdict === 'clear') cleared.push({ alert, webhook })
    else if (worse(reading, value, alert.peak)) peaks.push({ ...alert, value, peak: value })
  }
  // Alerts of webhooks that are off, or no longer ask for this: they end too, and nobody is told.
  for (const alert of orphans.values())
    if (judge(undefined, alert, alert.threshold) === 'clear')
      cleared.push({ alert, webhook: undefined })

  return {
    happened:
      owed.length > 0 || source.origin === 'api'
        ? [{ event, always: source.origin === 'api', owed }]
        : [],
    resolved:
      cleared.length > 0 ? [resolve(source, reading, value, cleared, situation.subscribers)] : [],
    peaks,
  }
}

function resolve(
  source: Source,
  reading: Reading,
  value: number,
  ended: readonly { alert: Alert; webhook: Webhook | undefined }[],
  subscribers: Subscribers,
): Plan['resolved'][number] {
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
    webhook !== undefined && subscribers.hearsResolved(webhook)
      ? [{ delivery: newDelivery(event, webhook.id, text(alert)), alert }]
      : [],
  )
  return { event, always: false, owed, cleared }
}

function worse({ event }: Reading, value: number, peak: number): boolean {
  return event.declaration.threshold?.direction === 'below' ? value < peak : value > peak
}

function limitFor({ event, data }: Reading, settings: Readonly<Record<string, number>>): number {
  return effectiveThreshold(event.declaration, settings, data) ?? Number.NaN
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
