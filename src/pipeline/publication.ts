import type { Tier } from '../plugin/event.ts'
import type { IdempotencyKey, PublishAnswer, PublishedEvent } from '../rules/publish.ts'
import type { Store } from '../store/database.ts'
import { answerKeys, findKeys, takeKeys } from '../store/idempotency.ts'
import { type Committed, commit, stepsOf } from './commit.ts'
import { type Locate, locate } from './locate.ts'
import { planAll } from './plan.ts'
import { noAlerts, type StandingCache } from './standing.ts'
import type { SubscriberCache, Subscribers } from './subscribers.ts'

export interface PublishOptions {
  readonly store: Store
  readonly subscribers: SubscriberCache
  readonly standing: StandingCache
  readonly tier: () => Tier
  readonly now: () => number
  /** Called after a commit that has made deliveries due. */
  readonly onOwed: () => void
}

/** One request to publish. */
export interface Publication {
  readonly events: readonly PublishedEvent[]
  readonly key?: IdempotencyKey | undefined
}

type Answers = Map<Publication, PublishAnswer>

/** What a commit came to; `owes` also where it is the end of an alert that somebody is to hear of. */
interface Done {
  readonly answers: Answers
  readonly owes: boolean
}

/** Thrown to undo a transaction that was planned on webhooks that have changed meanwhile. */
class Outdated extends Error {
  override readonly name = 'Outdated'
}

/** Times that a plan is drawn up anew before it waits for the webhooks' revision to be read. */
const mostTries = 3

/** Publishes requests together: one statement, unless one needs a transaction. */
export function createPublication(options: PublishOptions) {
  const { store, onOwed } = options

  async function together(requests: readonly Publication[]): Promise<Answers> {
    const answers: Answers = new Map()
    const at = new Date(options.now())
    const source = await locate(
      store,
      requests.flatMap(({ events }) => events),
      at,
    )
    const [known, later] = partition(requests, source, answers)
    const done = await retried((subscribers, isSure) => attempt(known, source, subscribers, isSure))
    for (const [request, answer] of done.answers) answers.set(request, answer)
    // Under a key that another took, now or before: what that one was answered.
    const repeats = known.filter((request) => !answers.has(request))
    const stored = await findKeys(
      store,
      repeats.flatMap(({ key }) => key?.key ?? []),
    )
    for (const request of repeats) answers.set(request, repeated(request, stored))
    if (done.owes) onOwed()
    if (later.length > 0)
      for (const [request, answer] of await together(later)) answers.set(request, answer)
    return answers
  }

  /** Webhooks are mostly as they were last read: whether they are is seen with the commit. */
  async function retried(
    work: (subscribers: Subscribers, isSure: boolean) => Promise<Done | undefined>,
  ): Promise<Done> {
    for (let tries = 1; ; tries += 1) {
      const { lately, current } = options.subscribers
      const isSure = tries >= mostTries
      const done = await work(await (tries === 1 ? lately() : current()), isSure)
      if (done !== undefined) return done
    }
  }

  /** Undefined where webhooks have changed, and nothing has happened. */
  async function attempt(
    requests: readonly Publication[],
    source: Locate,
    subscribers: Subscribers,
    isSure: boolean,
  ): Promise<Done | undefined> {
    const revision = isSure ? undefined : subscribers.revision
    const keys = requests.flatMap(({ key }) => key ?? [])
    const drawn = await draw(requests, source, subscribers)
    if (keys.length === 0 && stepsOf(drawn.planned) === 1)
      return drawn.answers(await commit(store.db, drawn.planned, revision))
    try {
      return await store.db.transaction(async (tx) => {
        const free = await takeKeys(tx, keys)
        const taken = requests.filter(({ key }) => key === undefined || free.has(key.key))
        const { planned, answers } =
          taken.length === requests.length ? drawn : await draw(taken, source, subscribers)
        const done = answers(await commit(tx, planned, revision))
        if (done === undefined) throw new Outdated()
        await answerKeys(
          tx,
          [...done.answers].flatMap(([{ key }, answer]) =>
            key === undefined || !answer.ok
              ? []
              : [{ key: key.key, answer: JSON.stringify(answer.published) }],
          ),
        )
        return done
      })
    } catch (error) {
      if (error instanceof Outdated) return undefined
      throw error
    }
  }

  /** What requests change, one after another, and how each is answered once that is committed. */
  async function draw(requests: readonly Publication[], source: Locate, subscribers: Subscribers) {
    const observations = requests.flatMap(({ events }) =>
      events.flatMap((reading) => {
        const found = source(reading)
        return found === undefined ? [] : [{ source: found, reading }]
      }),
    )
    const held = observations.filter(({ reading }) => reading.event.declaration.threshold)
    const standing =
      held.length === 0
        ? noAlerts
        : await options.standing.of([...new Set(held.map(({ source }) => source.key))])
    const planned = planAll(observations, { subscribers, standing, tier: options.tier() })
    return { planned, answers: (committed: Committed | undefined) => committed && tell(committed) }

    function tell({ owed }: Committed): Done {
      const ids = planned.happened.map(({ event }) => event.id)
      let next = 0
      const answers: Answers = new Map(
        requests.map((request) => {
          const own = ids.slice(next, next + request.events.length)
          next += own.length
          const events = own.map((id) => ({ id, deliveries: owed.get(id) ?? 0 }))
          return [request, { ok: true, published: { accepted: own.length, events } }]
        }),
      )
      return { answers, owes: [...owed.values()].some((count) => count > 0) }
    }
  }

  return together
}

/**
 * Those to publish now, and those that must wait for one of these under the same key. What names an
 * instance that nobody knows is answered here.
 */
function partition(
  requests: readonly Publication[],
  source: Locate,
  answers: Answers,
): [now: Publication[], later: Publication[]] {
  const now: Publication[] = []
  const later: Publication[] = []
  const keys = new Set<string>()
  for (const request of requests) {
    const { events, key } = request
    const unknown = events.findIndex((event) => source(event) === undefined)
    if (unknown >= 0)
      answers.set(request, { ok: false, reason: 'unknown_instance', index: unknown })
    else if (key !== undefined && keys.has(key.key)) later.push(request)
    else now.push(request)
    if (unknown < 0 && key !== undefined) keys.add(key.key)
  }
  return [now, later]
}

/** The answer stored under the key, unless it was given to another request. */
function repeated(
  { key }: Publication,
  stored: Awaited<ReturnType<typeof findKeys>>,
): PublishAnswer {
  const known = stored.get(key?.key ?? '')
  if (known === undefined || known.fingerprint !== key?.fingerprint)
    return { ok: false, reason: 'key_reused' }
  return { ok: true, published: JSON.parse(known.answer) }
}
