/** Things in the order of a number each stands at, so that a value finds those it passes quickly. */
export interface Ladder<Item> {
  readonly size: number
  /** How many stand at `value` or lower; none where it is not a number. */
  atMost(value: number): number
  /** How many stand lower than `value`; none where it is not a number. */
  below(value: number): number
  /** The lowest so many. */
  lowest(count: number): readonly Item[]
}

/** What stands at no number is left out: no value ever passes it. */
export function ladder<Item>(items: readonly Item[], at: (item: Item) => number): Ladder<Item> {
  const rungs = items
    .map((item) => ({ item, point: at(item) }))
    .filter(({ point }) => !Number.isNaN(point))
    .sort((a, b) => (a.point < b.point ? -1 : a.point > b.point ? 1 : 0))

  /** How many come first that are passed; whatever passes one passes those before it. */
  function count(passed: (point: number) => boolean): number {
    let from = 0
    let to = rungs.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (passed(rungs[middle]?.point ?? Number.NaN)) from = middle + 1
      else to = middle
    }
    return from
  }

  return {
    size: rungs.length,
    atMost: (value) => count((point) => point <= value),
    below: (value) => count((point) => point < value),
    lowest: (most) => rungs.slice(0, most).map(({ item }) => item),
  }
}
