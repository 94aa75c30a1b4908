import type { Catalog } from '../rules/catalog.ts'
import type { Store } from '../store/database.ts'
import { type HealthTally, recordHealth } from '../store/health.ts'
import { giveUpLossy } from '../store/lossy.ts'
import { settleDeliveries } from '../store/settle.ts'
import { disableWebhook } from '../store/webhooks.ts'
import { createBatch } from './batch.ts'
import { commit } from './commit.ts'
import type { Meters } from './meters.ts'
import { operations } from './operations.ts'
import { isEmpty } from './plan.ts'
import type { Outcome } from './settlement.ts'
import type { SubscriberCache, Subscribers } from './subscribers.ts'

export interface RecorderOptions {
  readonly store: Store
  readonly catalog: Catalog
  readonly subscribers: SubscriberCache
  readonly now: () => number
  readonly meters: Meters
  /** Called after a commit that has made deliveries due. */
  readonly onOwed: () => void
}

const hopeless = 'It has failed for five days without one success.'

/**
 * Settles attempts in batches. Where one fails, ends a failure, or gives a delivery up, the webhook's
 * health and the events that tell others of it are committed with it. Answers whether an attempt was
 * still ours to settle.
 */
export function createRecorder(options: RecorderOptions): (outcome: Outcome) => Promise<boolean> {
  const { store, catalog, subscribers, meters, now, onOwed } = options

  const settle = async (outcomes: readonly Outcome[]): Promise<(outcome: Outcome) => boolean> => {
    const settled = outcomes.map((outcome) => outcome.settled)
    if (outcomes.every(uneventful)) {
      const own = await settleDeliveries(store, settled)
      return ({ claimed }) => own.has(claimed.id)
    }
    const known = await subscribers.current()
    const { own, owed } = await store.db.transaction(async (tx) => {
      const own = await settleDeliveries({ db: tx }, settled)
      const ours = outcomes.filter(({ claimed }) => own.has(claimed.id))
      const changes = await recordHealth(tx, tally(ours))
      await giveUpLossy(tx, lossyAmong(ours, known))
      const disabled = new Map<string, string>()
      for (const [id, reason] of toDisable(ours, changes))
        if (await disableWebhook(tx, id, reason)) disabled.set(id, reason)
      const given = ours.filter((outcome) => outcome.settled.status === 'dead_letter')
      const at = new Date(now())
      const planned = operations({ changes, disabled, given }, { catalog, subscribers: known, at })
      const committed = isEmpty(planned) ? undefined : await commit(tx, planned)
      return { own, owed: committed?.owed ?? new Map<string, number>() }
    })
    if ([...owed.values()].some((count) => count > 0)) onOwed()
    return ({ claimed }) => own.has(claimed.id)
  }
  const record = createBatch(settle)

  return async (outcome) => {
    const own = await record(outcome)
    if (own) meters.settled(outcome, now())
    return own
  }
}

function lossyAmong(outcomes: readonly Outcome[], { byId }: Subscribers): string[] {
  const failed = outcomes.flatMap(({ claimed, failed }) => (failed ? claimed.webhookId : []))
  return [...new Set(failed)].filter((id) => byId.get(id)?.lossy === true)
}

function uneventful({ claimed, settled, failed, gone }: Outcome): boolean {
  return !failed && !claimed.ailing && gone === undefined && settled.status !== 'dead_letter'
}

function tally(outcomes: readonly Outcome[]): HealthTally[] {
  const tallies = new Map<string, HealthTally>()
  for (const { claimed, settled, failed } of outcomes) {
    const { webhookId } = claimed
    const before = tallies.get(webhookId)
    tallies.set(webhookId, {
      webhookId,
      succeeded: before?.succeeded === true || settled.status === 'success',
      failures: (before?.failures ?? 0) + (failed ? 1 : 0),
      deliveries: (before?.deliveries ?? 0) + (failed && claimed.attempt === 1 ? 1 : 0),
    })
  }
  return [...tallies.values()]
}

function toDisable(
  outcomes: readonly Outcome[],
  changes: Awaited<ReturnType<typeof recordHealth>>,
): Map<string, string> {
  return new Map([
    ...changes.flatMap(({ webhookId, change }) =>
      change === 'hopeless' ? [[webhookId, hopeless] as const] : [],
    ),
    ...outcomes.flatMap(({ claimed, gone }) =>
      gone === undefined ? [] : [[claimed.webhookId, gone] as const],
    ),
  ])
}
