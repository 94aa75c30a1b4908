import { rank, type Sample, takeIn } from './sample.ts'

/** How often values fell into each eighth of the sample: of late, and all along. */
export interface Distribution {
  sample: Sample
  recent: number[]
  usual: number[]
}

/** Parts the sample is cut into. */
export const bins = 8
/** Units of time `recent` reaches back. */
const window = 64
/** Units of time `usual` reaches back. */
const memory = 500

export const newDistribution = (): Distribution => ({
  sample: { values: [], seed: 12345 },
  recent: new Array(bins).fill(1 / bins),
  usual: new Array(bins).fill(1 / bins),
})

/** Learns a value. Returns how unlike the recent shares are to the usual ones (chi-squared); 0 or more. */
export function divergence(
  distribution: Distribution,
  value: number,
  elapsed: number,
  age: number,
): number {
  const { sample, recent, usual } = distribution
  const bin = Math.min(bins - 1, Math.floor(rank(sample, value) * bins))
  takeIn(sample, value, elapsed, age)
  const fast = Math.min(1, elapsed / window)
  const slow = Math.min(1, Math.max(elapsed / memory, elapsed / (age + bins)))
  let sum = 0
  for (let at = 0; at < bins; at++) {
    const hit = at === bin ? 1 : 0
    const now = (recent[at] ?? 0) + fast * (hit - (recent[at] ?? 0))
    const past = (usual[at] ?? 0) + slow * (hit - (usual[at] ?? 0))
    recent[at] = now
    usual[at] = past
    sum += (now - past) ** 2 / (past + 0.02)
  }
  return sum
}
