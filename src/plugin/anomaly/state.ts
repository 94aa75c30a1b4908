import { z } from 'zod'
import type { Baseline } from './baseline.ts'
import { bins, type Distribution } from './distribution.ts'
import type { Leaps } from './leap.ts'
import type { Range } from './range.ts'
import type { Refractory } from './refractory.ts'
import { type Profile, type Season, slots } from './season.ts'
import { signals } from './signals.ts'

/** What a detector has learned of one series: numbers only, at most 8 KB as JSON. */
export interface DetectorState {
  /** Values seen. */
  points: number
  /** Units of time seen. */
  age: number
  /** Time of the last value, epoch milliseconds. */
  at: number
  /** Time between values, usually, milliseconds. */
  interval: number
  baseline: Baseline
  refractory: Refractory
  season: Season
  distribution: Distribution
  leaps: Leaps
  /** The signals as smoothed so far, and the range each has kept to. */
  smoothed: number[]
  ranges: Range[]
}

/**
 * A state, copied. One of another shape, as an earlier version may have left it, does not fit and is
 * learned anew. It is read at every look of every series, so its shape is all that is checked: to
 * check each of its numbers would cost more than a look.
 */
export const detectorState = z
  .custom<DetectorState>(fits, 'Not the state of a detector')
  .transform(copied)

const shape = z.looseObject({
  points: z.number(),
  baseline: z.looseObject({}),
  refractory: z.looseObject({}),
  season: z.looseObject({
    seen: lengthOf(slots),
    around: z.looseObject({ slots: lengthOf(slots) }),
    plain: z.looseObject({ slots: lengthOf(slots) }),
  }),
  distribution: z.looseObject({
    sample: z.looseObject({ values: z.custom(Array.isArray), seed: z.number() }),
    recent: lengthOf(bins),
    usual: lengthOf(bins),
  }),
  leaps: z.looseObject({
    values: z.looseObject({}),
    leads: z.looseObject({}),
    up: z.looseObject({}),
    down: z.looseObject({}),
  }),
  smoothed: lengthOf(signals.length),
  ranges: lengthOf(signals.length),
})

function fits(state: unknown): boolean {
  return shape.safeParse(state).success
}

function lengthOf(length: number) {
  return z.custom((list) => Array.isArray(list) && list.length === length)
}

function copied(state: DetectorState): DetectorState {
  const { baseline, refractory, season, distribution, leaps, smoothed, ranges } = state
  const profile = (of: Profile) => ({ ...of, slots: of.slots.slice() })
  return {
    ...state,
    baseline: { ...baseline },
    refractory: { ...refractory },
    season: {
      ...season,
      seen: season.seen.slice(),
      around: profile(season.around),
      plain: profile(season.plain),
    },
    distribution: {
      sample: { ...distribution.sample, values: distribution.sample.values.slice() },
      recent: distribution.recent.slice(),
      usual: distribution.usual.slice(),
    },
    leaps: {
      ...leaps,
      values: { ...leaps.values },
      leads: { ...leaps.leads },
      up: { ...leaps.up },
      down: { ...leaps.down },
    },
    smoothed: smoothed.slice(),
    ranges: ranges.map((range) => ({ ...range })),
  }
}
