export interface BatchOptions<Item> {
  /** The most in one write, by what each weighs, or a single one that weighs more. Default 500. */
  readonly most?: number
  /** Default: 1 each. */
  readonly weigh?: (item: Item) => number
  /**
   * Waits for what is about to be handed in; gets how long the last write took, in milliseconds, 0
   * before the first in a row. Default: as long as that, at most 25 ms, and never less than a turn.
   */
  readonly gather?: (lastWriteMs: number) => Promise<void>
}

const mostGatherMs = 25

function timer(lastWriteMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(lastWriteMs, mostGatherMs)))
}

/**
 * Collects what is handed in while a write is under way and writes it all at once when that is
 * done: one statement for many rows under load, next to no waiting without. Between writes it
 * gathers: a database within this process answers before anything else gets its turn, and one that
 * is slow is asked less often, for more.
 * Every item gets its own answer; a failed write rejects all that were in it.
 */
export function createBatch<Item, Answer>(
  write: (items: readonly Item[]) => Promise<(item: Item) => Answer>,
  { most = 500, weigh = () => 1, gather = timer }: BatchOptions<Item> = {},
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item
    resolve(answer: Answer): void
    reject(reason: unknown): void
  }
  let waiting: Waiting[] = []
  let writing = false

  function fitting(): number {
    let weight = 0
    const tooMany = waiting.findIndex(({ item }, index) => {
      weight += weigh(item)
      return weight > most && index > 0
    })
    return tooMany < 0 ? waiting.length : tooMany
  }

  async function flush(): Promise<void> {
    let tookMs = 0
    while (waiting.length > 0) {
      await gather(tookMs)
      const from = performance.now()
      const count = fitting()
      const batch = waiting.slice(0, count)
      waiting = waiting.slice(count)
      try {
        const answer = await write(batch.map(({ item }) => item))
        for (const one of batch) one.resolve(answer(one.item))
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
      tookMs = performance.now() - from
    }
    writing = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (writing) return
      writing = true
      void flush()
    })
}
