import { type AlertKey, alertKey, clearAlerts, markPeaks, raiseAlerts } from '../store/alerts.ts'
import type { Database } from '../store/database.ts'
import { enqueue, holdWebhooks } from '../store/events.ts'
import type { Plan, PlannedEvent } from './reading.ts'

/** What a plan came to. */
export interface Committed {
  /** Deliveries now owed, by event id; an event nobody was to hear of and that is not kept is absent. */
  readonly owed: ReadonlyMap<string, number>
}

/**
 * Makes a plan true, inside the caller's transaction. The plan was drawn up on what was known a
 * moment ago: alerts that another replica has raised or cleared since, and webhooks that have gone,
 * drop out here, so nobody is told twice or in vain.
 */
export async function commit(db: Database, plan: Plan): Promise<Committed> {
  const live = await holdWebhooks(db, webhooksOf(plan))
  const raised = keys(
    await raiseAlerts(
      db,
      plan.happened.flatMap(({ owed }) =>
        owed.flatMap(({ alert }) =>
          alert !== undefined && live.has(alert.webhookId) ? [alert] : [],
        ),
      ),
    ),
  )
  const cleared = keys(
    await clearAlerts(
      db,
      plan.resolved.flatMap(({ cleared }) => cleared),
    ),
  )
  const stored = [
    ...plan.happened.map((planned) => settle(planned, live, raised)),
    ...plan.resolved.map((planned) => settle(planned, live, cleared)),
  ].filter(({ always, deliveries }) => always || deliveries.length > 0)
  await enqueue(
    db,
    stored.map(({ event }) => event),
    stored.flatMap(({ deliveries }) => deliveries),
  )
  await markPeaks({ db }, plan.peaks)
  return { owed: new Map(stored.map(({ event, deliveries }) => [event.id, deliveries.length])) }
}

function settle({ event, always, owed }: PlannedEvent, live: Set<string>, changed: Set<string>) {
  const deliveries = owed
    .filter(({ alert }) => alert === undefined || changed.has(alertKey(alert)))
    .map(({ delivery }) => delivery)
    .filter(({ webhookId }) => live.has(webhookId))
  return { event, always, deliveries }
}

function webhooksOf(plan: Plan): string[] {
  const planned = [...plan.happened, ...plan.resolved]
  return [...new Set(planned.flatMap(({ owed }) => owed.map(({ delivery }) => delivery.webhookId)))]
}

function keys(alerts: readonly AlertKey[]): Set<string> {
  return new Set(alerts.map(alertKey))
}
