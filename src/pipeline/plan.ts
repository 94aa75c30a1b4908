import { allowed } from '../rules/subscription.ts'
import { type Alert, alertKey } from '../store/alerts.ts'
import { storedText } from '../store/rows.ts'
import { compose } from './compose.ts'
import { hold } from './hold.ts'
import {
  newDelivery,
  newEvent,
  type Observation,
  type Plan,
  type PlannedEvent,
  type Reading,
  type Situation,
  type Source,
} from './reading.ts'
import type { AlertsByWebhook } from './standing.ts'

/** Holds readings of one source against every webhook in reach, in their order. */
export function plan(source: Source, readings: readonly Reading[], situation: Situation): Plan {
  return planAll(
    readings.map((reading) => ({ source, reading })),
    situation,
  )
}

/**
 * Holds readings against every webhook in reach, each after what the one before it has changed. Pure
 * but for new ids: nothing has happened yet.
 */
export function planAll(observations: readonly Observation[], situation: Situation): Plan {
  const happened: PlannedEvent[] = []
  const resolved: Plan['resolved'][number][] = []
  const peaks = new Map<string, Alert>()
  /** What has changed on the way: the alerts now, and in how many steps. */
  const changed = new Map<string, { readonly alerts: AlertsByWebhook; readonly step: number }>()

  for (const { source, reading: seen } of observations) {
    const { event } = seen
    if (source.origin !== 'api' && !allowed(event, situation.tier)) continue
    const reading = { ...seen, subject: storedText(seen.subject) }
    if (event.declaration.threshold === undefined) {
      happened.push(announce(source, reading, situation))
      continue
    }
    const place = {
      instance: source.key,
      eventType: event.declaration.type,
      subject: reading.subject,
    }
    const key = JSON.stringify([place.instance, place.eventType, place.subject])
    const { alerts, step } = changed.get(key) ?? { alerts: situation.standing.at(place), step: 0 }
    const held = hold(source, reading, alerts, situation)
    const isTurn = held.raised.length + held.cleared.length > 0
    if (held.event !== undefined) happened.push({ ...held.event, step: isTurn ? step : 0 })
    if (held.resolved !== undefined) resolved.push({ ...held.resolved, step })
    for (const alert of held.cleared) peaks.delete(alertKey(alert))
    for (const alert of held.peaks) peaks.set(alertKey(alert), alert)
    if (isTurn || held.peaks.length > 0)
      changed.set(key, { alerts: after(alerts, held), step: step + (isTurn ? 1 : 0) })
  }
  return {
    happened: happened.map((one) => withPeaks(one, peaks)),
    resolved,
    peaks: [...peaks.values()],
  }
}

function after(
  alerts: AlertsByWebhook,
  { raised, cleared, peaks }: Pick<ReturnType<typeof hold>, 'raised' | 'cleared' | 'peaks'>,
): AlertsByWebhook {
  const next = new Map(alerts)
  for (const { webhookId } of cleared) next.delete(webhookId)
  for (const alert of [...raised, ...peaks]) next.set(alert.webhookId, alert)
  return next
}

/** An alert raised by the same plan is raised with the worst reading it goes on to have. */
function withPeaks(planned: PlannedEvent, peaks: Map<string, Alert>): PlannedEvent {
  if (peaks.size === 0) return planned
  const owed = planned.owed.map(({ delivery, alert }) => {
    const worst = alert && peaks.get(alertKey(alert))
    if (alert === undefined || worst?.eventId !== alert.eventId)
      return { delivery, ...(alert && { alert }) }
    peaks.delete(alertKey(alert))
    return { delivery, alert: worst }
  })
  return { ...planned, owed }
}

export function mergePlans(plans: readonly Plan[]): Plan {
  return {
    happened: plans.flatMap(({ happened }) => happened),
    resolved: plans.flatMap(({ resolved }) => resolved),
    peaks: plans.flatMap(({ peaks }) => peaks),
  }
}

/** Whether a plan changes nothing, so that nothing need be written. */
export function isEmpty({ happened, resolved, peaks }: Plan): boolean {
  return happened.length + resolved.length + peaks.length === 0
}

/** An event without a threshold: everyone who wants it hears of each one. */
function announce(
  source: Source,
  reading: Reading,
  { subscribers, tier }: Situation,
): PlannedEvent {
  const { declaration } = reading.event
  const event = newEvent(source, reading, compose(declaration, reading.data, undefined))
  const heard = allowed(reading.event, tier) ? subscribers.of(declaration.type, source) : []
  const owed = heard.map((webhook) => ({ delivery: newDelivery(event, webhook.id, null) }))
  return { event, always: true, certain: true, owed, step: 0 }
}
