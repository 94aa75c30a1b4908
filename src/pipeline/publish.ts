import type { Tier } from '../plugin/event.ts'
import type { IdempotencyKey, PublishAnswer, Published, PublishedEvent } from '../rules/publish.ts'
import { type Alert, alertKey, standingAlerts } from '../store/alerts.ts'
import type { Database, Store } from '../store/database.ts'
import { answerKey, findKey, takeKey } from '../store/events.ts'
import { findInstanceAt, type Instance, instancesByIds } from '../store/instances.ts'
import { commit } from './commit.ts'
import { mergePlans, plan } from './plan.ts'
import type { Source } from './reading.ts'
import type { SubscriberCache, Subscribers } from './subscribers.ts'

export interface PublishOptions {
  readonly store: Store
  readonly subscribers: SubscriberCache
  readonly tier: () => Tier
  readonly now: () => number
  /** Called after a commit that has made deliveries due. */
  readonly onOwed: () => void
}

/** Requests to publish at once; more would only wait for the database, and hold memory meanwhile. */
const mostAtOnce = 256

/** Turns further requests away while as many as the database can follow are under way. */
export function createPublisher(options: PublishOptions) {
  let underWay = 0
  return async (
    events: readonly PublishedEvent[],
    key?: IdempotencyKey,
  ): Promise<PublishAnswer> => {
    if (underWay >= mostAtOnce) return { ok: false, reason: 'busy' }
    underWay += 1
    try {
      return await publish(events, key, options)
    } finally {
      underWay -= 1
    }
  }
}

interface Located {
  /** Its place in the request, and in the answer. */
  readonly index: number
  readonly event: PublishedEvent
  readonly source: Source
}

/**
 * Puts events through the pipeline as if a plugin had emitted them, all in one transaction. Under an
 * `Idempotency-Key` the answer is stored with them, so that a repeated request changes nothing.
 */
export async function publish(
  events: readonly PublishedEvent[],
  key: IdempotencyKey | undefined,
  options: PublishOptions,
): Promise<PublishAnswer> {
  const { store } = options
  const located = await locate(events, options)
  const unknown = located.indexOf(undefined)
  if (unknown >= 0) return { ok: false, reason: 'unknown_instance', index: unknown }
  const subscribers = await options.subscribers.current()

  const published = await store.db.transaction(async (tx) => {
    if (key !== undefined && !(await takeKey(tx, key))) return undefined
    const done: Published['events'][number][] = []
    for (const round of rounds(located.filter((one) => one !== undefined)))
      for (const [index, event] of await publishRound(tx, round, subscribers, options))
        done[index] = event
    const answer = { accepted: done.length, events: done }
    if (key !== undefined) await answerKey(tx, key.key, JSON.stringify(answer))
    return answer
  })
  if (published === undefined) return repeated(store, key)
  if (published.events.some(({ deliveries }) => deliveries > 0)) options.onOwed()
  return { ok: true, published }
}

/** The answer stored under the key, unless it was given to another request. */
async function repeated(store: Store, key: IdempotencyKey | undefined): Promise<PublishAnswer> {
  const known = key && (await findKey(store, key.key))
  if (known === undefined || known.fingerprint !== key?.fingerprint)
    return { ok: false, reason: 'key_reused' }
  return { ok: true, published: JSON.parse(known.answer) }
}

/** Readings of one alert must follow one another: the second is held against what the first did. */
function rounds(located: readonly Located[]): Located[][] {
  const all: Located[][] = []
  const seen = new Map<string, number>()
  for (const one of located) {
    const { declaration } = one.event.event
    const key = JSON.stringify([one.source.key, declaration.type, one.event.subject])
    const turn = declaration.threshold === undefined ? 0 : (seen.get(key) ?? 0)
    seen.set(key, turn + 1)
    const round = all[turn] ?? []
    round.push(one)
    all[turn] = round
  }
  return all
}

async function publishRound(
  tx: Database,
  round: readonly Located[],
  subscribers: Subscribers,
  { tier }: PublishOptions,
): Promise<[index: number, Published['events'][number]][]> {
  const standing = new Map<string, Alert>(
    (await standingAlerts({ db: tx }, [...new Set(round.map(({ source }) => source.key))])).map(
      (alert) => [alertKey(alert), alert],
    ),
  )
  const situation = { subscribers, standing, tier: tier() }
  const plans = round.map(({ index, event, source }) => ({
    index,
    planned: plan(source, [event], situation),
  }))
  const { owed } = await commit(tx, mergePlans(plans.map(({ planned }) => planned)))
  return plans.flatMap(({ index, planned }) =>
    planned.happened.map(({ event: { id } }) => [index, { id, deliveries: owed.get(id) ?? 0 }]),
  )
}

/** Finds the instance each event names; undefined for one that is not under watch. */
async function locate(
  events: readonly PublishedEvent[],
  { store, now }: PublishOptions,
): Promise<(Located | undefined)[]> {
  const at = new Date(now())
  const ids = events.flatMap(({ instance }) => (typeof instance === 'string' ? [instance] : []))
  const byId = new Map((await instancesByIds(store, [...new Set(ids)])).map((row) => [row.id, row]))
  const byAddress = new Map<string, Promise<Instance | undefined>>()

  return Promise.all(
    events.map(async (event, index) => {
      const { instance } = event
      if (instance === undefined) return { index, event, source: { key: '', at, origin: 'api' } }
      if (typeof instance === 'string') {
        const watched = byId.get(instance)
        return watched && { index, event, source: sourceOf(watched, at) }
      }
      const key = `${instance.host}:${instance.port}`
      const finding = byAddress.get(key) ?? findInstanceAt(store, instance.host, instance.port)
      byAddress.set(key, finding)
      const watched = await finding
      return {
        index,
        event,
        source: watched ? sourceOf(watched, at) : { ...instance, key, at, origin: 'api' },
      }
    }),
  )
}

function sourceOf({ id, host, port, labels }: Instance, at: Date): Source {
  return { key: id, instanceId: id, host, port, labels, at, origin: 'api' }
}
