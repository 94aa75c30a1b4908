/** The slowly forgotten range of a signal. */
export interface Range {
  low: number
  high: number
}

/** Share of the way a passed bound follows the value, a unit of time. */
const follow = 0.3
/** Share of the range that is forgotten at either end, a unit of time. */
const forget = 0.00003
/**
 * Values a young range follows by that share each, however close in time they are; later ones follow
 * less and less, down to their share of a unit of time. What drifts must not run away from its range.
 */
const eager = 40
/** A range never counts as narrower than this share of the size of its signal: that is rounding. */
const narrowest = 1e-6

/**
 * How far a value lies outside what was seen before, in widths of the range; 0 inside, negative
 * below. Then learns it. Bounds follow gradually: a value that stays outside keeps scoring for a
 * while, and one that always drifts ahead of its bounds scores the same small lead each time.
 */
export function novelty(range: Range, value: number, elapsed: number, points: number): number {
  const { low, high } = range
  const width = Math.max(high - low, narrowest * Math.max(Math.abs(high), Math.abs(low)))
  const share = Math.min(1, Math.max(follow * elapsed, Math.min(follow, eager / points)))
  const outside = value > high ? value - high : value < low ? value - low : 0
  const shrink = Math.min(0.1, forget * elapsed) * (high - low)
  range.high = high - shrink + (outside > 0 ? share * outside : 0)
  range.low = low + shrink + (outside < 0 ? share * outside : 0)
  return outside === 0 ? 0 : width > 0 ? outside / width : Math.sign(outside)
}
