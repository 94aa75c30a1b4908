import { stand } from './baseline.ts'
import { divergence, newDistribution } from './distribution.ts'
import { leap, leapt, newLeaps } from './leap.ts'
import { novelty } from './range.ts'
import { hush, reports } from './refractory.ts'
import { deviations, newSeason } from './season.ts'
import { type AnomalyReason, type Signal, signals } from './signals.ts'
import type { DetectorState } from './state.ts'

/** One value: epoch milliseconds and a finite number. */
export interface Point {
  readonly timestamp: number
  readonly value: number
}

export interface Observation {
  /** The state to hand to the next call: the one given, changed. */
  readonly state: DetectorState
  /** 0..1; from 0.5 an anomaly worth a report, once each. */
  readonly score: number
  readonly zScore: number
  readonly baseline: number
  readonly stdDev: number
  readonly direction: 'spike' | 'drop'
  /** Set where the score is 0.5 or more. */
  readonly reason?: AnomalyReason
}

/** Time counts in units of this, or of the interval where that is longer. */
const unitMs = 300_000
/** Values before the first score. */
const warmUp = 60
/** Units of time after which limits have come down to twice their own: half a day of five minutes. */
const caution = 150
/** What is this many times larger than the bar is told however soon after another. */
const outrageous = 3
/** So that no square overflows. */
const largest = 1e150

/**
 * Looks at one value of a series. Causal, and as scale-free as its parts: each signal made of the
 * series is held against the range it has kept to itself.
 */
export function observe(last: DetectorState | undefined, point: Point): Observation {
  const { timestamp } = point
  const value = Math.max(-largest, Math.min(largest, point.value))
  const state = last ?? begin(timestamp, value)
  const since = advance(state, timestamp)
  // Missing values teach nothing: one value is worth one unit at most.
  const elapsed = Math.min(1, since)
  state.age += elapsed
  const { age, points } = state
  const stood = stand(state.baseline, value, elapsed, age)
  const { around, plain } = deviations(state.season, timestamp, value, elapsed, age)
  const leaped = leap(state.leaps, value, state.interval, points)
  const inputs: Record<Signal['of'], number> = {
    value,
    deviation: around,
    variation: Math.abs(around),
    displacement: Math.abs(plain),
    divergence: divergence(state.distribution, value, elapsed, age),
  }

  let [size, lead] = [0, 0]
  let reason: AnomalyReason = 'out_of_range'
  for (let at = 0; at < signals.length; at++) {
    const signal = signals[at]
    const range = state.ranges[at]
    if (!signal || !range) continue
    const before = state.smoothed[at] ?? 0
    const share = Math.min(1, elapsed / Math.min(signal.memory, age))
    const now = before + share * (inputs[signal.of] - before)
    state.smoothed[at] = now
    const outside = novelty(range, now, elapsed, points)
    const sized = Math.abs(outside) / (signal.limit * (1 + (caution / age) ** 2))
    // The reason is the first that would do, in the table's order, which is that of plainness.
    if (sized > size && size < 1) [reason, lead] = [signal.reason, signed(signal, outside)]
    size = Math.max(size, sized)
  }
  if (points <= warmUp) return { state, score: 0, ...stood, direction: direction(stood.zScore) }
  const { bar } = state.refractory
  const slow = reports(state.refractory, size, since, outrageous)
  // Where values come slowly anyway, the signals above see all there is to see.
  const quick = state.interval < unitMs / 2 && leapt(state.leaps, leaped)
  const reported = slow || quick
  if (quick && Math.abs(leaped) > size) [reason, lead] = ['out_of_range', leaped]
  // What one has told the other need not tell again.
  if (quick) hush(state.refractory, size)
  if (slow) hush(state.leaps[lead < 0 ? 'down' : 'up'], Math.abs(leaped))
  const shown = reported
    ? Math.max(slow ? size : 1, quick ? Math.abs(leaped) : 1)
    : 0.9 * Math.min(1, size / Math.max(1, bar))
  return {
    state,
    score: shown >= 1e9 ? 1 : shown / (1 + shown),
    ...stood,
    direction: direction(reported && lead !== 0 ? lead : stood.zScore),
    ...(reported && { reason }),
  }
}

/** Which way a signal went that has a way to go; 0 for the others. */
const signed = ({ of }: Signal, lead: number) => (of === 'value' || of === 'deviation' ? lead : 0)

const direction = (sign: number) => (sign < 0 ? 'drop' : 'spike')

function begin(timestamp: number, value: number): DetectorState {
  const first = ({ of }: Signal) => (of === 'value' ? value : 0)
  return {
    points: 0,
    age: 0,
    at: timestamp,
    interval: 0,
    baseline: { mean: value, variance: 0 },
    refractory: { bar: 0, quiet: 1000 },
    season: newSeason(value),
    distribution: newDistribution(),
    leaps: newLeaps(value),
    smoothed: signals.map(first),
    ranges: signals.map((signal) => ({ low: first(signal), high: first(signal) })),
  }
}

/** Moves the clock on. Returns the units of time since the value before; a clock set back counts as usual. */
function advance(state: DetectorState, timestamp: number): number {
  const since = timestamp - state.at
  const elapsedMs = since > 0 ? since : state.interval
  if (state.points === 1) state.interval = elapsedMs
  else state.interval *= elapsedMs > state.interval ? 1.01 : elapsedMs < state.interval ? 0.99 : 1
  state.at = timestamp
  state.points += 1
  return state.points === 1 ? 1 : elapsedMs / Math.max(unitMs, state.interval)
}
