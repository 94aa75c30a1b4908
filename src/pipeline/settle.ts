import type { Store } from '../store/database.ts'
import { type Settlement, settleLooks } from '../store/looks.ts'
import { addSamples, type Sample } from '../store/samples.ts'
import { type PluginState, remember } from '../store/states.ts'
import { createBatch } from './batch.ts'
import { type Committed, commit } from './commit.ts'
import { isEmpty } from './plan.ts'
import type { Plan } from './reading.ts'

/** Everything one look changes. */
export interface LookOutcome {
  readonly look: Settlement
  readonly plan: Plan
  readonly states: readonly PluginState[]
  /** Undefined where none is due. */
  readonly sample: Sample | undefined
}

/** What a look came to. */
export interface Settled extends Committed {
  /** Milliseconds until the next one is due. */
  readonly nextInMs: number
}

/** Thrown to undo a transaction whose look has passed to another replica. */
class TakenOver extends Error {
  override readonly name = 'TakenOver'
}

/**
 * Ends looks. One that changes something commits all of it, or nothing, in a transaction of its
 * own; quiet ones, nearly all, share a statement. Undefined where the look was no longer ours.
 */
export function createSettle(store: Store): (outcome: LookOutcome) => Promise<Settled | undefined> {
  const quietly = createBatch<LookOutcome, number | undefined>(async (outcomes) => {
    const settled = await store.db.transaction(async (tx) => {
      const next = await settleLooks(
        { db: tx },
        outcomes.map(({ look }) => look),
      )
      const own = outcomes.filter(({ look }) => next.has(look.lookId))
      await remember(
        { db: tx },
        own.flatMap(({ states }) => states),
      )
      await addSamples(
        tx,
        own.flatMap(({ sample }) => sample ?? []),
      )
      return next
    })
    return ({ look }) => settled.get(look.lookId)
  })

  return async (outcome) => {
    if (isEmpty(outcome.plan)) {
      const nextInMs = await quietly(outcome)
      return nextInMs === undefined ? undefined : { owed: new Map(), nextInMs }
    }
    try {
      return await store.db.transaction(async (tx) => {
        const nextInMs = (await settleLooks({ db: tx }, [outcome.look])).get(outcome.look.lookId)
        if (nextInMs === undefined) throw new TakenOver()
        await remember({ db: tx }, outcome.states)
        await addSamples(tx, outcome.sample === undefined ? [] : [outcome.sample])
        const committed = await commit(tx, outcome.plan)
        return { owed: committed?.owed ?? new Map<string, number>(), nextInMs }
      })
    } catch (error) {
      if (error instanceof TakenOver) return undefined
      throw error
    }
  }
}
