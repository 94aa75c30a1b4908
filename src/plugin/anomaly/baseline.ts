/** Exponentially weighted mean and variance. */
export interface Baseline {
  mean: number
  variance: number
}

/** Units of time it reaches back. */
const memory = 100
/** A z-score beyond this says no more than "far out", and a variance of 0 has no other. */
const most = 1000

/** Where a value stands against the past, before it is learned; and learns it. */
export function stand(baseline: Baseline, value: number, elapsed: number, age: number) {
  const { mean, variance } = baseline
  const away = value - mean
  const stdDev = Math.sqrt(variance)
  const share = Math.min(1, elapsed / Math.min(memory, age))
  baseline.mean = mean + share * away
  baseline.variance = (1 - share) * (variance + share * away * away)
  const zScore = away === 0 ? 0 : Math.max(-most, Math.min(most, away / stdDev))
  return { baseline: mean, stdDev, zScore }
}
