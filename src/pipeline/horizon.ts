/** When the next delivery will be due, as far as this process knows. */
export interface Horizon {
  /** Something will be due in so many milliseconds. */
  expect(inMs: number): void
  /**
   * Milliseconds until there is something to claim, after a claim begun at `from` (by
   * `performance.now()`); undefined where nothing is owed.
   */
  after(from: number): Promise<number | undefined>
}

/** The table is asked no more often, but for what was expected; what others owe may be that late. */
const askEveryMs = 1000
/** What is due and was not claimed waits for a place, here or at another replica. */
const starvedMs = { first: 25, most: 500 }

/** Knows from one look at the table, and from what happens here, when the next look is worth it. */
export function createHorizon(ask: () => Promise<number | undefined>): Horizon {
  let askedAt = Number.NEGATIVE_INFINITY
  let dueAt = Number.POSITIVE_INFINITY
  let starved = starvedMs.first

  function expect(inMs: number): void {
    dueAt = Math.min(dueAt, performance.now() + inMs)
  }

  return {
    expect,
    async after(from) {
      const askAt = askedAt + askEveryMs
      if (from < askAt && from < dueAt)
        return Math.max(0, Math.min(dueAt, askAt) - performance.now())
      askedAt = performance.now()
      dueAt = Number.POSITIVE_INFINITY
      const inMs = await ask()
      starved = inMs === 0 ? Math.min(starved * 2, starvedMs.most) : starvedMs.first
      if (inMs !== undefined) expect(inMs || starved)
      return Number.isFinite(dueAt) ? Math.max(0, dueAt - performance.now()) : undefined
    },
  }
}
