import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { publishAt } from './publish.ts'

/** A client that publishes one event after another and does not give up on any. */
export interface Publisher {
  /** The ids of the events answered with 202, and when the first request for each was made. */
  readonly accepted: ReadonlyMap<string, number>
  /** Requests that failed or were turned away, and were made again. */
  readonly repeated: number
  /** Of these, the ones that got no answer for 10 s from a service that was there. */
  readonly unanswered: number
  /**
   * Ends when the events under way are accepted; rejects where that takes longer than 30 s, or if
   * the service ever answered what it never should.
   */
  stop(): Promise<void>
  /** Ends without what is under way. */
  abandon(): void
}

export interface PublisherOptions {
  /** Where the service is at the moment; undefined while it is nowhere. */
  readonly target: () => string | undefined
  /** Between two events, from the start of one to the start of the next. */
  readonly everyMs: number
  /** Most under way at once: while the service is away a few wait for it, not thousands. Default 8. */
  readonly atOnce?: number
}

const patienceMs = 30_000

/**
 * Repeats what failed under the same `Idempotency-Key`: an answer may be lost with the process that
 * gave it, and the event must still be there exactly once.
 */
export function startPublisher({ target, everyMs, atOnce = 8 }: PublisherOptions): Publisher {
  const accepted = new Map<string, number>()
  let repeated = 0
  let unanswered = 0
  let stopped = false
  let abandoned = false
  let fault: unknown
  const underWay = new Set<Promise<void>>()

  async function publishOne(): Promise<void> {
    const key = randomUUID()
    const from = Date.now()
    while (!abandoned) {
      const id = await publishAt(target(), key, () => {
        unanswered += 1
      })
      if (id !== undefined) {
        accepted.set(id, from)
        return
      }
      repeated += 1
      await pause(50)
    }
  }

  async function run(): Promise<void> {
    for (let next = performance.now(); !stopped; next += everyMs) {
      const wait = next - performance.now()
      if (wait > 0) await pause(wait)
      while (underWay.size >= atOnce) await Promise.race(underWay)
      const one = publishOne()
        .catch((error) => {
          fault ??= error
        })
        .finally(() => underWay.delete(one))
      underWay.add(one)
    }
    await Promise.all(underWay)
  }

  const running = run()
  return {
    accepted,
    get repeated() {
      return repeated
    },
    get unanswered() {
      return unanswered
    },
    async stop() {
      stopped = true
      const timer = setTimeout(() => {
        fault ??= new Error(`${underWay.size} events were not accepted within ${patienceMs} ms`)
        abandoned = true
      }, patienceMs)
      await running
      clearTimeout(timer)
      if (fault !== undefined) throw fault
    },
    abandon() {
      stopped = true
      abandoned = true
    },
  }
}
