import type { ClaimedDelivery } from '../store/queue.ts'

/** What this process has claimed for one webhook and not settled yet. */
interface Lane {
  /** Claimed ahead, in order, not begun. */
  waiting: ClaimedDelivery[]
  sending: number
  /** Answered or given back, and not settled yet. */
  settling: number
  /** How long its receiver takes to answer, smoothed; unknown before the first good answer. */
  answerMs: number | undefined
  /** Waiting and being sent, right after the last claim. */
  full: number
  /** Whether the last claim may have left something that is due. */
  more: boolean
}

export interface LaneLimits {
  /** The most claimed and not settled, in all. */
  readonly inFlight: number
  /** The most requests at once to a webhook that says nothing else. */
  readonly perWebhook: number
}

/** How much may be claimed for a webhook nothing is held of, and for each of the others. */
export interface Offer {
  readonly perWebhook: number
  readonly places: ReadonlyMap<string, number>
  /** How much of those has not been answered. */
  readonly held: ReadonlyMap<string, number>
}

/** Who may be claimed how much, and whose turn it is. */
export interface Lanes {
  /** Of how many more in all there is room for. */
  room(): number
  offer(): Offer
  /**
   * Takes over what was claimed on an offer; answers the webhooks that have got something. Those
   * that are `limited` by something else may have more due than they got, as those that ail.
   */
  take(
    claimed: readonly ClaimedDelivery[],
    offer: Offer,
    limited: (webhookId: string) => boolean,
  ): Iterable<string>
  /** The next to send to a webhook, of which `atOnce` may be under way. */
  next(webhookId: string, atOnce: number | undefined): ClaimedDelivery | undefined
  /**
   * The request has been answered, or has failed; true where it is time to claim more for this
   * webhook.
   */
  answered(webhookId: string, ms: number, well: boolean): boolean
  /** One is no longer held; true where it is time to claim more for this webhook. */
  done(webhookId: string): boolean
  /** What has not been begun. */
  waiting(): ClaimedDelivery[]
  /** These are not to be begun; they are held until they are {@link Lanes.done}. */
  drop(these: ReadonlySet<ClaimedDelivery>): void
}

/** A quick receiver is claimed for ahead, as much as it takes in about this time. */
const aheadMs = 250
/** The most that is claimed for one webhook, in multiples of what is sent to it at once. */
const mostAhead = 32
/**
 * A webhook gets no more than this part of the room left, and less before its receiver has shown
 * that it answers: however many hang, others find some.
 */
const share = { known: 1 / 4, unknown: 1 / 32 }
/** Of so many quick receivers it is remembered that they are, when nothing is held of them any more. */
const mostIdle = 64

/**
 * Keeps every quick receiver busy while the next claim and the last settlement are under way, and
 * gives a slow one no more than it is working on.
 */
export function createLanes({ inFlight, perWebhook }: LaneLimits): Lanes {
  const lanes = new Map<string, Lane>()
  /** In the order in which they became so. */
  const idle = new Set<string>()
  let held = 0

  const room = () => Math.max(0, inFlight - held)
  const fair = (wish: number, part: number) =>
    Math.min(wish, Math.max(1, Math.floor(room() * part)))
  const most = ({ answerMs }: Pick<Lane, 'answerMs'>) =>
    answerMs === undefined
      ? fair(perWebhook, share.unknown)
      : fair(
          perWebhook * Math.min(mostAhead, 1 + Math.floor(aheadMs / Math.max(1, answerMs))),
          share.known,
        )
  const owed = ({ waiting, sending }: Lane) => waiting.length + sending
  const wanting = (lane: Lane) =>
    lane.more && (lane.waiting.length === 0 || owed(lane) <= lane.full / 2)

  function laneOf(webhookId: string): Lane {
    const known = lanes.get(webhookId)
    if (known !== undefined) return known
    const lane: Lane = {
      waiting: [],
      sending: 0,
      settling: 0,
      answerMs: undefined,
      full: 0,
      more: false,
    }
    lanes.set(webhookId, lane)
    return lane
  }

  /** Forgets a lane that is empty; one of a quick receiver only when others have become so since. */
  function leave(webhookId: string, { answerMs }: Lane): void {
    if (answerMs === undefined) {
      lanes.delete(webhookId)
      return
    }
    idle.add(webhookId)
    for (const oldest of idle) {
      if (idle.size <= mostIdle) break
      idle.delete(oldest)
      lanes.delete(oldest)
    }
  }

  return {
    room,
    offer: () => ({
      perWebhook: most({ answerMs: undefined }),
      places: new Map([...lanes].map(([id, lane]) => [id, Math.max(0, most(lane) - owed(lane))])),
      held: new Map([...lanes].map(([id, lane]) => [id, owed(lane)])),
    }),
    take(claimed, offer, limited) {
      const got = new Map<string, number>()
      // Who got nothing may have more all the same where what is held of it takes its places.
      for (const [id, lane] of lanes) lane.more &&= !idle.has(id) && limited(id)
      for (const delivery of claimed) {
        const lane = laneOf(delivery.webhookId)
        idle.delete(delivery.webhookId)
        lane.more ||= delivery.ailing || limited(delivery.webhookId)
        lane.waiting.push(delivery)
        held += 1
        got.set(delivery.webhookId, (got.get(delivery.webhookId) ?? 0) + 1)
      }
      for (const [id, lane] of lanes) {
        lane.full = owed(lane)
        lane.more ||= (got.get(id) ?? 0) >= (offer.places.get(id) ?? offer.perWebhook)
      }
      return got.keys()
    },
    next(webhookId, atOnce = perWebhook) {
      const lane = lanes.get(webhookId)
      if (lane === undefined || lane.sending >= atOnce) return undefined
      const delivery = lane.waiting.shift()
      if (delivery !== undefined) lane.sending += 1
      return delivery
    },
    answered(webhookId, ms, well) {
      const lane = laneOf(webhookId)
      lane.sending -= 1
      lane.settling += 1
      const before = lane.answerMs ?? ms
      lane.answerMs = well ? before + (ms - before) / 8 : undefined
      return wanting(lane)
    },
    done(webhookId) {
      const lane = laneOf(webhookId)
      lane.settling -= 1
      held -= 1
      const wants = wanting(lane)
      if (lane.settling + owed(lane) === 0) leave(webhookId, lane)
      return wants
    },
    waiting: () => [...lanes.values()].flatMap(({ waiting }) => waiting),
    drop(these) {
      for (const lane of lanes.values()) {
        const left = lane.waiting.filter((delivery) => !these.has(delivery))
        lane.settling += lane.waiting.length - left.length
        lane.waiting = left
      }
    },
  }
}
