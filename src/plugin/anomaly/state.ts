import { z } from 'zod'
import { bins } from './distribution.ts'
import { slots } from './season.ts'
import { signals } from './signals.ts'

const number = z.number()
const numbers = (length: number) => z.array(number).length(length)
const profile = z.object({ slots: numbers(slots), spread: number })

/**
 * What a detector has learned of one series: numbers only, at most 8 KB as JSON. A state of another
 * shape, as an earlier version may have left it, does not fit and is learned anew.
 */
export const detectorState = z.object({
  /** Values seen. */
  points: number,
  /** Units of time seen. */
  age: number,
  /** Time of the last value, epoch milliseconds. */
  at: number,
  /** Time between values, usually, milliseconds. */
  interval: number,
  baseline: z.object({ mean: number, variance: number }),
  refractory: z.object({ bar: number, quiet: number }),
  season: z.object({ level: number, seen: numbers(slots), around: profile, plain: profile }),
  distribution: z.object({
    sample: z.object({ values: z.array(number), seed: number }),
    recent: numbers(bins),
    usual: numbers(bins),
  }),
  /** The signals as smoothed so far, and the range each has kept to. */
  smoothed: numbers(signals.length),
  ranges: z.array(z.object({ low: number, high: number })).length(signals.length),
})
export type DetectorState = z.infer<typeof detectorState>
