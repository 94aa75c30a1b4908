/** Labels of one sample. Never a secret, and few values each: every set of them is a time series. */
export type Labels = Readonly<Record<string, string>>

/** One number of a metric; `suffix` belongs to histograms, whose parts have names of their own. */
interface Sample {
  readonly suffix?: '_bucket' | '_sum' | '_count'
  readonly labels: Labels
  readonly value: number
}

/** A metric and its numbers at present. */
export interface Family {
  /** With its unit: seconds, never milliseconds (prometheus.io, "Metric and label naming"). */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

/** Most time series of one metric: beyond that new ones are not counted. */
const mostSeries = 10_000

/** A number that only grows, for each set of labels. */
export function createCounter(name: string, help: string) {
  const series = new Map<string, { readonly labels: Labels; value: number }>()
  return {
    add(labels: Labels, amount = 1): void {
      const key = JSON.stringify(Object.values(labels))
      const known = series.get(key)
      if (known !== undefined) known.value += amount
      else if (series.size < mostSeries) series.set(key, { labels, value: amount })
    },
    family: (): Family => ({ name, help, type: 'counter', samples: [...series.values()] }),
  }
}

/** How values spread over ranges that end at `bounds`, which ascend. */
export function createHistogram(name: string, help: string, bounds: readonly number[]) {
  const counts = bounds.map(() => 0)
  let [sum, count] = [0, 0]
  return {
    observe(value: number): void {
      const index = bounds.findIndex((bound) => value <= bound)
      if (index >= 0) counts[index] = (counts[index] ?? 0) + 1
      sum += value
      count++
    },
    family(): Family {
      let below = 0
      const buckets = bounds.map((bound, index): Sample => {
        below += counts[index] ?? 0
        return { suffix: '_bucket', labels: { le: String(bound) }, value: below }
      })
      return {
        name,
        help,
        type: 'histogram',
        samples: [
          ...buckets,
          { suffix: '_bucket', labels: { le: '+Inf' }, value: count },
          { suffix: '_sum', labels: {}, value: sum },
          { suffix: '_count', labels: {}, value: count },
        ],
      }
    },
  }
}
