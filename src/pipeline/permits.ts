/** Requests a rate allows, taken a second at a time. */
export interface Permits {
  /** Undefined where a request may be made now, which is then counted; else when to come again. */
  take(perMinute: number): Promise<{ readonly forMs: number } | undefined>
}

/** A request is put off no longer than this at once: the rate may be another by then. */
const mostPutOffMs = 60_000

/**
 * `reserve` takes all that may be sent within so many milliseconds: 0, or how long others have taken
 * it for. Asked once a second at most, however many requests there are.
 */
export function createPermits(
  now: () => number,
  reserve: (forMs: number) => Promise<number>,
): Permits {
  let left = 0
  let until = 0
  let putOff = 0
  let reserving: Promise<void> | undefined

  async function renew(many: number, every: number) {
    const waitMs = await reserve(many * every)
    left = waitMs === 0 ? many : 0
    until = now() + (waitMs === 0 ? many * every : waitMs)
  }

  return {
    async take(perMinute) {
      const every = 60_000 / perMinute
      if (now() >= until) {
        reserving ??= renew(Math.max(1, Math.floor(1000 / every)), every).finally(() => {
          reserving = undefined
        })
        await reserving
      }
      if (left > 0) {
        left -= 1
        return undefined
      }
      // One after another, so that they do not all come again at once.
      putOff = Math.max(until, putOff + every)
      return { forMs: Math.min(mostPutOffMs, putOff - now()) }
    },
  }
}
