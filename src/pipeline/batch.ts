/**
 * Collects what is handed in while a write is under way and writes it all at once when that is
 * done: one statement for many rows under load, no waiting without. `write` gets at most `most`.
 * Every item gets its own answer; a failed write rejects all that were in it.
 */
export function createBatch<Item, Answer>(
  write: (items: readonly Item[]) => Promise<(item: Item) => Answer>,
  most = 500,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    readonly item: Item
    resolve(answer: Answer): void
    reject(reason: unknown): void
  }
  let waiting: Waiting[] = []
  let writing = false

  async function flush(): Promise<void> {
    if (writing) return
    writing = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      try {
        const answer = await write(batch.map(({ item }) => item))
        for (const one of batch) one.resolve(answer(one.item))
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }
    writing = false
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      // Those handed in during the same turn travel together.
      queueMicrotask(flush)
    })
}
