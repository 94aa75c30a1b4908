import type { Store } from '../store/database.ts'
import {
  type ClaimedDelivery,
  claimDeliveries,
  nextDeliveryInMs,
  renewLeases,
} from '../store/queue.ts'
import { type DeliverOptions, deliver } from './deliver.ts'
import type { Log } from './log.ts'
import type { Step } from './loop.ts'
import { patiently } from './patience.ts'
import { createRecorder } from './record.ts'
import type { SubscriberCache, Subscribers } from './subscribers.ts'

export interface DrainOptions extends DeliverOptions {
  readonly store: Store
  readonly subscribers: SubscriberCache
  readonly log: Log
  /** Called when there will be something to send in so many milliseconds. */
  readonly onDue?: (inMs: number) => void
  /** Called after a commit that has made deliveries due: events about webhooks, for others. */
  readonly onOwed?: () => void
  readonly limits?: Partial<DrainLimits>
}

export interface DrainLimits {
  /** Most requests under way in this process. Default 256. */
  readonly inFlight: number
  /** Most under way to one webhook, over all replicas. Default 16. */
  readonly perWebhook: number
  /** How long a claim holds without being renewed, in milliseconds. Default 30000. */
  readonly leaseMs: number
}

/** Sends what is due. */
export interface Drain {
  /** Claims what is due and begins to send it. `done` resolves when all of that is settled. */
  run(): Promise<Step & { readonly done: Promise<void> }>
  /** Keeps what is in flight: called about three times a lease. */
  renew(): Promise<void>
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>
}

export function createDrain(options: DrainOptions): Drain {
  const { store, log } = options
  const limits: DrainLimits = { inFlight: 256, perWebhook: 16, leaseMs: 30_000, ...options.limits }
  const underWay = new Map<Promise<void>, string>()
  /** Whether something due was left waiting for a place. */
  let starved = false
  const record = createRecorder({ ...options, onOwed: () => options.onOwed?.() })

  async function send(claimed: ClaimedDelivery, subscribers: Subscribers): Promise<void> {
    try {
      const outcome = await deliver(claimed, subscribers.byId.get(claimed.webhookId), options)
      const { settled } = outcome
      // What was sent must be known to have been: sooner or later than the lease, the claim decides.
      const own = await patiently(() => record(outcome), limits.leaseMs * 2)
      if (settled.retryInMs !== null) options.onDue?.(settled.retryInMs)
      log.debug('delivery {deliveryId} of {eventType}: {status}', {
        deliveryId: claimed.id,
        webhookId: claimed.webhookId,
        eventType: claimed.eventType,
        attempt: claimed.attempt,
        status: own ? settled.status : 'claimed by another worker meanwhile',
        statusCode: settled.statusCode,
        durationMs: settled.durationMs,
        error: settled.error,
      })
    } catch (error) {
      // Nothing is lost: the lease runs out and the delivery is due again.
      log.error('delivery {deliveryId} could not be settled: {error}', {
        deliveryId: claimed.id,
        error,
      })
    }
  }

  /** What is due and was not claimed waits for a place, here or at another replica. */
  async function nextDue(): Promise<number | undefined> {
    const ms = await nextDeliveryInMs(store)
    starved = ms === 0
    return starved ? 250 : ms
  }

  return {
    async run() {
      const room = limits.inFlight - underWay.size
      if (room <= 0) {
        starved = true
        return { nextInMs: undefined, done: Promise.resolve() }
      }
      const claimed = await claimDeliveries(store, { ...limits, limit: room })
      if (claimed.length === 0) return { nextInMs: await nextDue(), done: Promise.resolve() }
      const subscribers = await options.subscribers.current()
      const sends = claimed.map((delivery) => {
        const sending = send(delivery, subscribers).finally(() => {
          underWay.delete(sending)
          if (starved) options.onDue?.(0)
        })
        underWay.set(sending, delivery.claimId)
        return sending
      })
      return {
        nextInMs: claimed.length === room ? 0 : await nextDue(),
        done: Promise.all(sends).then(() => undefined),
      }
    },
    async renew() {
      await renewLeases(store, [...new Set(underWay.values())], limits.leaseMs)
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay.keys())
    },
  }
}
