import type { Store } from '../store/database.ts'
import {
  type ClaimedDelivery,
  claimDeliveries,
  nextDeliveryInMs,
  releaseDeliveries,
  renewLeases,
} from '../store/queue.ts'
import { type DeliverOptions, deliver, type Outcome } from './deliver.ts'
import { createHauls } from './hauls.ts'
import { createHorizon } from './horizon.ts'
import { createLanes, type LaneLimits } from './lanes.ts'
import type { Log } from './log.ts'
import type { Run } from './loop.ts'
import type { Meters } from './meters.ts'
import { patiently } from './patience.ts'
import { createRecorder } from './record.ts'
import type { SubscriberCache, Subscribers } from './subscribers.ts'

export interface DrainOptions extends DeliverOptions {
  readonly meters: Meters
  readonly store: Store
  readonly subscribers: SubscriberCache
  readonly log: Log
  /** Called when there will be something to send in so many milliseconds. */
  readonly onDue?: (inMs: number) => void
  /** Called after a commit that has made deliveries due: events about webhooks, for others. */
  readonly onOwed?: () => void
  readonly limits?: Partial<DrainLimits>
}

/** Defaults: 2048 in flight, 16 requests at once to a webhook, leases of 20 s. */
export interface DrainLimits extends LaneLimits {
  /** How long a claim holds without being renewed, in milliseconds. */
  readonly leaseMs: number
}

/** Sends what is due. */
export interface Drain {
  /** Claims what is due and begins to send it. `done` resolves when all of that is settled. */
  run(): Promise<Run>
  /** Milliseconds until there is something to send, 0 where there is; undefined where nothing is owed. */
  next(): Promise<number | undefined>
  /** Keeps what is in flight: called about three times a lease. */
  renew(): Promise<void>
  /** Gives back what is claimed and not begun, for others to claim at once. */
  release(): Promise<void>
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>
}

/** The most of one claim: beyond that a larger statement saves nothing. */
const mostClaimed = 512
const nothing = { deliveries: [], revision: 0, missed: false }
/** How long another worker takes to claim, in milliseconds. */
const missedMs = 15
/** How old the webhooks in memory may be when one is sent to, in milliseconds. */
const knownForMs = 200

export function createDrain(options: DrainOptions): Drain {
  const { store, log } = options
  const limits = { inFlight: 2048, perWebhook: 16, leaseMs: 20_000, ...options.limits }
  const lanes = createLanes(limits)
  const horizon = createHorizon(async () => {
    const inMs = await nextDeliveryInMs(store)
    // Due and not claimed: perhaps its webhook is limited, which is not known here yet.
    if (inMs === 0) await know()
    return inMs
  })
  const underWay = createHauls<ClaimedDelivery>()
  const record = createRecorder({ ...options, onOwed: () => options.onOwed?.() })
  let known: { readonly subscribers: Subscribers; readonly at: number } | undefined
  let waitedBefore: ReadonlySet<ClaimedDelivery> = new Set()

  /** Reads the webhooks again where they may have changed. */
  async function know(revision?: number): Promise<Subscribers> {
    const at = performance.now()
    known = { subscribers: await options.subscribers.current(revision), at }
    return known.subscribers
  }

  /** As they are now: what was claimed ahead is sent as they say when it is sent. */
  function webhooks(): Subscribers | Promise<Subscribers> {
    return known !== undefined && performance.now() < known.at + knownForMs
      ? known.subscribers
      : know()
  }

  function letGo(claimed: ClaimedDelivery): void {
    underWay.letGo(claimed)
    if (lanes.done(claimed.webhookId)) options.onDue?.(0)
  }

  /** What a webhook says itself that it takes at once. */
  const atOnce = (webhookId: string) => known?.subscribers.byId.get(webhookId)?.maxInFlight

  /** Begins as much as one webhook may have under way. */
  function pump(webhookId: string): void {
    for (;;) {
      const claimed = lanes.next(webhookId, atOnce(webhookId))
      if (claimed === undefined) return
      void send(claimed)
    }
  }

  async function send(claimed: ClaimedDelivery): Promise<void> {
    try {
      const outcome = await answer(claimed)
      const { settled } = outcome
      // What was sent must be known to have been: sooner or later than the lease, the claim decides.
      const own = await patiently(() => record(outcome), limits.leaseMs * 2)
      if (settled.retryInMs !== null) {
        horizon.expect(settled.retryInMs)
        options.onDue?.(settled.retryInMs)
      }
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
    } finally {
      letGo(claimed)
    }
  }

  /** The attempt; its place is free for the next as soon as the answer is there. */
  async function answer(claimed: ClaimedDelivery): Promise<Outcome> {
    const { webhookId } = claimed
    const from = performance.now()
    let well = false
    try {
      const now = webhooks()
      const { byId } = now instanceof Promise ? await now : now
      const outcome = await deliver(claimed, byId.get(webhookId), options)
      well = outcome.settled.status === 'success'
      return outcome
    } finally {
      const wants = lanes.answered(webhookId, performance.now() - from, well)
      // Where that is limited, an attempt counts until it is settled.
      if (wants && atOnce(webhookId) === undefined) options.onDue?.(0)
      pump(webhookId)
    }
  }

  async function giveBack(these: readonly ClaimedDelivery[]): Promise<void> {
    lanes.drop(new Set(these))
    try {
      await releaseDeliveries(store, these)
    } finally {
      these.forEach(letGo)
    }
  }

  return {
    async run() {
      const limit = Math.min(lanes.room(), mostClaimed)
      const offer = lanes.offer()
      const { limited } = await options.subscribers.lately()
      const claim = { ...offer, limit, leaseMs: limits.leaseMs, limited }
      const from = performance.now()
      const claimed = limit === 0 ? nothing : await claimDeliveries(store, claim)
      const { deliveries, revision, missed } = claimed
      // A database that is asked all the time has no time to answer others.
      const restMs = Math.min(50, (performance.now() - from) * 2)
      const whole = limit > 0 && deliveries.length === limit
      if (deliveries.length > 0) await know(revision)
      const done = underWay.hold(deliveries)
      const mayHaveMore = (webhookId: string) => whole || atOnce(webhookId) !== undefined
      for (const webhookId of lanes.take(deliveries, offer, mayHaveMore)) pump(webhookId)
      return {
        claimed: deliveries.length,
        nextInMs: whole ? 0 : missed ? missedMs : await horizon.after(from),
        restMs,
        done,
      }
    },
    next: () => nextDeliveryInMs(store),
    async renew() {
      // Their receiver has stopped answering: they need not wait here.
      await giveBack(lanes.waiting().filter((claimed) => waitedBefore.has(claimed)))
      waitedBefore = new Set(lanes.waiting())
      await renewLeases(store, underWay.held(), limits.leaseMs)
    },
    release: () => giveBack(lanes.waiting()),
    idle: () => underWay.idle(),
  }
}
