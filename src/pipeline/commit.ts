import type { Database } from '../store/database.ts'
import { enqueue, type Outbox } from '../store/outbox.ts'
import type { Plan } from './reading.ts'

/** What a plan came to. */
export interface Committed {
  /** Deliveries now owed, by event id; an event that nobody is owed is absent. */
  readonly owed: ReadonlyMap<string, number>
}

/** In how many statements a plan is committed; more than one need a transaction. */
export function stepsOf({ happened, resolved }: Plan): number {
  return Math.max(1, ...[...happened, ...resolved].map(({ step }) => step + 1))
}

/**
 * Makes a plan true, inside the caller's transaction where it has several steps. The plan was drawn
 * up on what was known a moment ago: what has changed since drops out here. Undefined, and the
 * transaction is to be undone, where webhooks have changed since `revision`.
 */
export async function commit(
  db: Database,
  plan: Plan,
  revision?: number,
): Promise<Committed | undefined> {
  const owed = new Map<string, number>()
  const steps = stepsOf(plan)
  for (let step = 0; step < steps; step += 1) {
    const counted = await enqueue(db, outboxOf(plan, step, step === steps - 1), revision)
    if (counted === undefined) return undefined
    for (const [id, count] of counted) owed.set(id, count)
  }
  return { owed }
}

function outboxOf(plan: Plan, step: number, isLast: boolean): Outbox {
  const happened = plan.happened.filter((planned) => planned.step === step)
  const resolved = plan.resolved.filter((planned) => planned.step === step)
  const all = [...happened, ...resolved]
  return {
    events: all.map(({ event, always, certain }) => ({ event, always, certain })),
    owed: all.flatMap(({ owed }) =>
      owed.map(({ delivery, alert }) => ({ delivery, conditional: alert !== undefined })),
    ),
    raised: happened.flatMap(({ owed }) => owed.flatMap(({ alert }) => alert ?? [])),
    cleared: resolved.flatMap(({ event, cleared }) =>
      cleared.map((alert) => ({ ...alert, eventId: event.id })),
    ),
    peaks: isLast ? plan.peaks : [],
  }
}
