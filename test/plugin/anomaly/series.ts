import { type DetectorState, type Observation, observe } from '../../../src/plugin.ts'

export const start = Date.UTC(2024, 0, 28)
export const fiveSeconds = 5000
export const fiveMinutes = 300_000

export type Seen = Omit<Observation, 'state'>

/** What a detector says to each value of a series. */
export function watch(
  values: Iterable<number>,
  { everyMs = fiveMinutes, state }: { everyMs?: number; state?: DetectorState } = {},
): { seen: Seen[]; state: DetectorState | undefined } {
  const seen: Seen[] = []
  let known = state
  let timestamp = (known?.at ?? start - everyMs) + everyMs
  for (const value of values) {
    const { state: next, ...observation } = observe(known, { timestamp, value })
    known = next
    seen.push(observation)
    timestamp += everyMs
  }
  return { seen, state: known }
}

/** The places of the values reported as anomalies. */
export const alarms = (seen: readonly Seen[]) =>
  seen.flatMap(({ score }, at) => (score >= 0.5 ? [at] : []))

/** Pseudo-random numbers that are the same each time: even in 0..1, and normal. */
export function chance(seed: number) {
  let last = seed
  const even = () => {
    last = (Math.imul(last, 1664525) + 1013904223) >>> 0
    return (last + 1) / (2 ** 32 + 1)
  }
  const normal = () => Math.sqrt(-2 * Math.log(even())) * Math.cos(2 * Math.PI * even())
  return { even, normal }
}

export const series = (length: number, value: (at: number) => number) =>
  Array.from({ length }, (_, at) => value(at))
