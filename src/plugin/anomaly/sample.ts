/** A sorted sample of the past, thinned by chance so that old and new are both in it. */
export interface Sample {
  values: number[]
  /** The last pseudo-random number, 32 bits. The same series is always sampled alike. */
  seed: number
}

/** Values kept. */
const size = 128
/** Units of time the sample reaches back, about. */
const memory = 4000

/** The share of the sample below a value, ties counted half: 0..1, and 0.5 of nothing. */
export function rank({ values }: Sample, value: number): number {
  if (values.length === 0) return 0.5
  return (firstNotBelow(values, value) + firstAbove(values, value)) / 2 / values.length
}

/** Takes a value in, once the sample is full in place of another and only at times. */
export function takeIn(sample: Sample, value: number, elapsed: number, age: number): void {
  const { values } = sample
  if (values.length < size) {
    shiftIn(values, values.length, value)
    return
  }
  if (chance(sample) >= (elapsed * size) / Math.min(Math.max(age, size), memory)) return
  shiftIn(values, Math.floor(chance(sample) * size), value)
}

/** Overwrites the value at `hole` and moves the new one to where it belongs. */
function shiftIn(values: number[], hole: number, value: number): void {
  let at = hole
  for (let above = values[at + 1]; above !== undefined && above < value; above = values[at + 1])
    values[at++] = above
  for (let below = values[at - 1]; below !== undefined && below > value; below = values[at - 1])
    values[at--] = below
  values[at] = value
}

function firstNotBelow(values: readonly number[], value: number): number {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((values[middle] ?? value) < value) from = middle + 1
    else to = middle
  }
  return from
}

function firstAbove(values: readonly number[], value: number): number {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((values[middle] ?? value) <= value) from = middle + 1
    else to = middle
  }
  return from
}

function chance(sample: Sample): number {
  sample.seed = (Math.imul(sample.seed, 1664525) + 1013904223) >>> 0
  return sample.seed / 2 ** 32
}
