/** What was claimed at once. */
interface Haul {
  /** How many of it are not settled yet. */
  left: number
  /** Resolves when all are. */
  readonly settled: Promise<void>
  readonly end: () => void
}

/** Everything that is held: a promise for each haul, not for each of the thousands in it. */
export interface Hauls<Item> {
  /** Resolves when all of these have been let go. */
  hold(these: readonly Item[]): Promise<void>
  letGo(item: Item): void
  held(): Item[]
  /** Resolves when nothing is held. */
  idle(): Promise<void>
}

export function createHauls<Item>(): Hauls<Item> {
  const hauls = new Map<Item, Haul>()
  return {
    hold(these) {
      if (these.length === 0) return Promise.resolve()
      let end = () => {}
      const settled = new Promise<void>((resolve) => {
        end = resolve
      })
      const haul = { left: these.length, settled, end }
      for (const item of these) hauls.set(item, haul)
      return settled
    },
    letGo(item) {
      const haul = hauls.get(item)
      if (haul === undefined) return
      hauls.delete(item)
      haul.left -= 1
      if (haul.left === 0) haul.end()
    },
    held: () => [...hauls.keys()],
    async idle() {
      while (hauls.size > 0) await Promise.all([...hauls.values()].map(({ settled }) => settled))
    },
  }
}
