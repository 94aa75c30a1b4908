import type { Run } from './loop.ts'

/** One verb, as a turn needs it. */
export interface Verb {
  run(): Promise<Run>
  /** Milliseconds until there is something to do, 0 where there is; undefined where nothing is. */
  next(): Promise<number | undefined>
  /** Keeps what is under way. Never rejects. */
  renew?(): Promise<void>
}

/** How long a turn may take. */
export interface TurnLimits {
  /** Nothing is begun after so many milliseconds. */
  readonly budgetMs: number
  /** What comes this soon is waited for, in milliseconds. Default 0: nothing is. */
  readonly waitMs?: number | undefined
}

/** What became of a turn. */
export interface Turn {
  /** Whether there was anything to do. */
  readonly worked: boolean
  /** Whether there is more to do than the time allowed. */
  readonly left: boolean
  /** Milliseconds until there is something to do; undefined where nothing is known to come. */
  readonly nextInMs: number | undefined
}

/** Places that become free are taken this often. */
const lookAgainMs = 250
/** Leases are renewed about three times before they run out. */
const renewEveryMs = 6500

/**
 * Does what there is to do, for a runtime that keeps nothing running. Resolves when all that was begun
 * is settled.
 */
export async function takeTurn(verb: Verb, { budgetMs, waitMs = 0 }: TurnLimits): Promise<Turn> {
  const until = performance.now() + budgetMs
  const underWay = new Set<Promise<void>>()
  const renewing = setInterval(() => void verb.renew?.(), renewEveryMs)
  let worked = false
  try {
    for (;;) {
      const { claimed, done, nextInMs } = await verb.run()
      if (claimed > 0) {
        worked = true
        const settling = done.finally(() => underWay.delete(settling))
        underWay.add(settling)
      }
      const over = performance.now() >= until
      if (underWay.size > 0 && !over) {
        await Promise.race([Promise.all(underWay), pause(lookAgainMs)])
        continue
      }
      await Promise.all(underWay)
      const next = worked ? await verb.next() : nextInMs
      if (over || next === undefined || next === 0 || next > waitMs)
        return { worked, left: over && next === 0, nextInMs: next }
      await pause(next)
    }
  } finally {
    clearInterval(renewing)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
