import type { IdempotencyKey, PublishAnswer, PublishedEvent } from '../rules/publish.ts'
import { databaseUnavailable } from '../store/fault.ts'
import { createBatch } from './batch.ts'
import { createPublication, type Publication, type PublishOptions } from './publication.ts'

/** Requests to publish at once; more would only wait for the database, and hold memory meanwhile. */
const mostAtOnce = 256
/** Events in them. One request is taken however many it has. */
const mostEventsAtOnce = 50_000
/**
 * What would wait longer than this for those before it is turned away at once: its sender would give
 * up meanwhile, and not know whether it was accepted.
 */
const mostWaitMs = 3000
/** What a database is trusted to take before it has shown it, in events a millisecond. */
const firstPace = 5
/** The longest a request waits for others to share its commit with, beside the commit before it. */
const mostGatherMs = 5
/** Events of one commit: one that is too long keeps everybody waiting. */
const mostTogether = 2000

/**
 * Puts events through the pipeline as if a plugin had emitted them, each request all or nothing.
 * Requests that come while others commit wait for the next commit, and share it. Under an
 * `Idempotency-Key` the answer is stored with them, so that a repeated request changes nothing. More
 * requests than the database can follow are turned away.
 */
export function createPublisher(options: PublishOptions) {
  const together = createPublication(options)
  /** Events that large commits took a millisecond lately; unknown before the first. */
  let pace: number | undefined
  const submit = createBatch<Publication, Outcome>(
    async (requests) => {
      const from = performance.now()
      const outcomes = await commitEach(together, requests)
      const count = requests.reduce((sum, { events }) => sum + events.length, 0)
      const lately = count / Math.max(1, performance.now() - from)
      // What a commit takes by itself says nothing about many events.
      if (count >= mostTogether / 4) pace = ((pace ?? lately) + lately) / 2
      return (request) => outcomes.get(request) ?? failure(new Error('A request had no answer.'))
    },
    {
      most: mostTogether,
      weigh: ({ events }) => events.length,
      gather: (tookMs) =>
        new Promise((resolve) => setTimeout(resolve, Math.min(tookMs, mostGatherMs))),
    },
  )
  let requests = 0
  let waiting = 0
  /** The length of the shortest request turned away since one was done. */
  let turnedAway: number | undefined

  async function publish(
    events: readonly PublishedEvent[],
    key?: IdempotencyKey,
    bytes?: number,
  ): Promise<PublishAnswer> {
    const followed = Math.min(
      mostEventsAtOnce,
      Math.max(mostTogether, (pace ?? firstPace) * mostWaitMs),
    )
    if (requests >= mostAtOnce || (requests > 0 && waiting + events.length > followed)) {
      if (bytes !== undefined) turnedAway = Math.min(turnedAway ?? bytes, bytes)
      return { ok: false, reason: 'busy' }
    }
    requests += 1
    waiting += events.length
    try {
      const outcome = await submit({ events, key })
      if ('error' in outcome) throw outcome.error
      return outcome.answer
    } finally {
      requests -= 1
      waiting -= events.length
      turnedAway = undefined
    }
  }
  /** Whether a request so long would be turned away as others just were, without reading it. */
  const isFull = (bytes: number) =>
    requests >= mostAtOnce || (turnedAway !== undefined && bytes >= turnedAway)
  return { publish, isFull }
}

type Outcome = { readonly answer: PublishAnswer } | { readonly error: unknown }

function failure(error: unknown): Outcome {
  return { error }
}

/** All at once; where that fails by the fault of one, each by itself, so that no other suffers. */
async function commitEach(
  together: ReturnType<typeof createPublication>,
  requests: readonly Publication[],
): Promise<Map<Publication, Outcome>> {
  try {
    const answers = await together(requests)
    return new Map([...answers].map(([request, answer]) => [request, { answer }]))
  } catch (error) {
    if (requests.length === 1 || databaseUnavailable(error))
      return new Map(requests.map((request) => [request, failure(error)]))
  }
  const outcomes = new Map<Publication, Outcome>()
  for (const request of requests)
    for (const [, outcome] of await commitEach(together, [request])) outcomes.set(request, outcome)
  return outcomes
}
