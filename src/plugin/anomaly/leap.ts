import type { Range } from './range.ts'
import { type Refractory, reports } from './refractory.ts'

/**
 * Gross jumps and drops, counted in values instead of time: nobody has to wait half a day for them
 * because values come every second.
 */
export interface Leaps {
  /** About the middle of the values of late, and how far from it they usually are. */
  center: number
  spread: number
  /** Means of a few values and of more. */
  quick: number
  slow: number
  /** What values have kept to, and what the quick mean's lead over the slow one has. */
  values: Range
  leads: Range
  /** Of jumps and of drops: a spike must not hide the outage after it. */
  up: Refractory
  down: Refractory
}

/** Values the center and the spread reach back. */
const memory = 100
/** Once so many values are known, each teaches center and spread no more than `taught` spreads. */
const settled = 30
const taught = 3
/** Values the two means reach back, and the spreads by which one value can differ to move them. */
const quickMemory = 8
const slowMemory = 32
const moving = 6
/** How far beyond a bound is worth a report, in distances of the bound from the center. */
const valueLimit = 3
const leadLimit = 1.25
/** A lead must also be this share of the distance that values have gone on its side, or of so many spreads. */
const worthwhile = 0.2
const farthest = 6
/** Share of the way a passed bound follows, a value: that of leads less and less. */
const follow = 0.3
const followLead = 0.06
const eager = 10
/** What an incident has taught a bound is forgotten over so long: what comes daily is usual. */
const dayMs = 86_400_000
/** And over no fewer values than these. */
const fewest = 1000
/** No distance counts as shorter than this share of the values' size: that is rounding. */
const narrowest = 1e-6

export const newLeaps = (value: number): Leaps => ({
  center: value,
  spread: 0,
  quick: value,
  slow: value,
  values: { low: value, high: value },
  leads: { low: 0, high: 0 },
  up: { bar: 0, quiet: 1000 },
  down: { bar: 0, quiet: 1000 },
})

/**
 * How far a value leaps out of its series, by itself or together with those just before it; negative
 * downwards, and worth a report from 1. Each bound is measured by its own distance from the center:
 * however high a spike was, a drop is as large as before. Learns it.
 */
export function leap(leaps: Leaps, value: number, stepMs: number, points: number): number {
  const { center, values, leads } = leaps
  const size = Math.max(Math.abs(value), Math.abs(center))
  const usual = Math.max(leaps.spread, narrowest * size)
  const away = value - center
  const within = (spreads: number) => {
    const most = points > settled ? spreads * usual : Number.POSITIVE_INFINITY
    return Math.max(-most, Math.min(most, away))
  }
  const forget = Math.min(1 / fewest, stepMs / dayMs)
  const moved = center + within(moving)
  leaps.quick += (moved - leaps.quick) / Math.min(quickMemory, points)
  leaps.slow += (moved - leaps.slow) / Math.min(slowMemory, points)
  const lead = leaps.quick - leaps.slow
  const bound = lead > 0 ? values.high - center : center - values.low
  const gone = Math.min(bound, farthest * usual)
  const widest = Math.max(leads.high, -leads.low, worthwhile * gone, usual / quickMemory)
  const far = beyond(values, value, { center, least: usual, forget, share: follow })
  const share = Math.max(followLead, Math.min(follow, eager / points))
  const ahead = beyond(leads, lead, { center: 0, least: widest, forget, share })

  const lesson = within(taught)
  leaps.center += lesson / Math.min(memory, points)
  leaps.spread += (Math.abs(lesson) - leaps.spread) / Math.min(memory, points)
  const [alone, together] = [far / valueLimit, ahead / leadLimit]
  return Math.abs(alone) >= Math.abs(together) ? alone : together
}

/** Whether a leap of this size is reported: see `reports`, counted in values. */
export function leapt(leaps: Leaps, size: number): boolean {
  const up = reports(leaps.up, Math.max(0, size), 1)
  return reports(leaps.down, Math.max(0, -size), 1) || up
}

interface Measure {
  readonly center: number
  /** The shortest a distance counts. */
  readonly least: number
  readonly forget: number
  readonly share: number
}

/** How far a value is beyond a range, in distances of the bound it passed. Learns it. */
function beyond(range: Range, value: number, { center, least, forget, share }: Measure): number {
  const [below, above] = [center - range.low, range.high - center]
  const over = value > range.high ? value - range.high : value < range.low ? value - range.low : 0
  // A bound is forgotten towards the center, so that one the series stays at is never left.
  range.low += forget * Math.max(0, below) + (over < 0 ? share * over : 0)
  range.high += (over > 0 ? share * over : 0) - forget * Math.max(0, above)
  const distance = Math.max(over > 0 ? above : below, least)
  return over === 0 ? 0 : distance > 0 ? over / distance : Math.sign(over)
}
