import { batchingOf } from '../rules/batching.ts'
import type { Formats } from '../rules/formats.ts'
import { type BatchWish, type ClaimedBatch, claimBatches, nextBatches } from '../store/batches.ts'
import { renewLeases } from '../store/queue.ts'
import { deliverBatch } from './deliver-batch.ts'
import type { Drain, DrainOptions } from './drain.ts'
import { patiently } from './patience.ts'
import { createRecorder } from './record.ts'
import type { Subscribers } from './subscribers.ts'

export interface BatchDrainOptions extends DrainOptions {
  readonly formats: Formats
}

/** The most requests at once: each may carry as much as a hundred others. */
const mostAtOnce = 64
/** How old the webhooks in memory may be, in milliseconds. */
const knownForMs = 1000
/** What was due and could not be claimed is with another replica, mostly. */
const takenMs = 250

/** Sends what is due to webhooks that `throttle`: several events in one request, one at a time. */
export function createBatchDrain(options: BatchDrainOptions): Drain {
  const { store, log, subscribers, formats } = options
  const leaseMs = options.limits?.leaseMs ?? 20_000
  const mostUnderWay = Math.min(mostAtOnce, options.limits?.inFlight ?? mostAtOnce)
  const record = createRecorder({ ...options, onOwed: () => options.onOwed?.() })
  const underWay = new Map<ClaimedBatch, Promise<void>>()
  let knownAt = Number.NEGATIVE_INFINITY

  async function webhooks(): Promise<Subscribers> {
    if (performance.now() < knownAt + knownForMs) return subscribers.lately()
    knownAt = performance.now()
    return subscribers.current()
  }

  function wishesOf({ byId }: Subscribers): BatchWish[] {
    return [...byId.values()].flatMap(({ id, throttle, format, formatConfig }) => {
      if (throttle === undefined) return []
      const found = formats.find(format)
      const batching = found && batchingOf(found, formatConfig)
      const most = batching !== undefined && 'most' in batching ? batching.most : 1
      return [{ webhookId: id, throttleMs: throttle, most }]
    })
  }

  async function send(batch: ClaimedBatch): Promise<void> {
    try {
      const { byId } = await webhooks()
      const outcomes = await deliverBatch(batch, byId.get(batch.webhookId), options)
      const settling = outcomes.map((outcome) => patiently(() => record(outcome), leaseMs * 2))
      await Promise.all(settling)
      options.onDue?.(Math.max(...outcomes.map(({ settled }) => settled.retryInMs ?? 0)))
      log.debug('batch {batchId} of {count} deliveries: {status}', {
        batchId: batch.id,
        webhookId: batch.webhookId,
        count: batch.deliveries.length,
        status: outcomes.at(-1)?.settled.status,
        statusCode: outcomes.at(-1)?.settled.statusCode,
      })
    } catch (error) {
      // Nothing is lost: the lease runs out and the batch is due again.
      log.error('batch {batchId} could not be settled: {error}', { batchId: batch.id, error })
    } finally {
      underWay.delete(batch)
    }
  }

  return {
    async run() {
      const nothing = { claimed: 0, nextInMs: undefined, done: Promise.resolve() }
      const wishes = wishesOf(await webhooks())
      if (wishes.length === 0) return nothing
      const from = performance.now()
      const waits = await nextBatches(store, wishes)
      // A database that takes long to say who is next is asked less often, however often we are woken.
      const restMs = Math.min(50, (performance.now() - from) * 2)
      const isReady = ({ webhookId }: BatchWish) => (waits.get(webhookId) ?? 1) <= 0
      const ready = wishes.filter(isReady).slice(0, mostUnderWay - underWay.size)
      const claimed = ready.length === 0 ? [] : await claimBatches(store, ready, leaseMs)
      for (const batch of claimed) underWay.set(batch, send(batch))
      const taken = new Set(claimed.map(({ webhookId }) => webhookId))
      const later = [...waits].flatMap(([id, ms]) => (taken.has(id) ? [] : ms > 0 ? ms : takenMs))
      return {
        claimed: claimed.length,
        restMs,
        nextInMs: later.length === 0 ? undefined : Math.min(...later),
        done: Promise.all(claimed.map((batch) => underWay.get(batch))).then(() => undefined),
      }
    },
    async next() {
      const wishes = wishesOf(await webhooks())
      if (wishes.length === 0) return undefined
      const waits = await nextBatches(store, wishes)
      return waits.size === 0 ? undefined : Math.max(0, Math.min(...waits.values()))
    },
    async renew() {
      const held = [...underWay.keys()].flatMap(({ deliveries }) => deliveries)
      await renewLeases(store, held, leaseMs)
    },
    // Nothing is claimed ahead.
    release: () => Promise.resolve(),
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
  }
}
