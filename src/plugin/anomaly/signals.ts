/** What is unusual: the value, the shares of values, how much they vary, or for the time of day. */
export const reasons = ['out_of_range', 'distribution', 'pattern', 'season'] as const
export type AnomalyReason = (typeof reasons)[number]

/** A signal made of a series, watched for leaving the range it has kept to. */
export interface Signal {
  /**
   * What it is made of: the value; its deviation from what is usual at its time of day, the level of
   * the day left out; the size of that; the size of its deviation with the level; how unlike the
   * recent values are to the past.
   */
  readonly of: 'value' | 'deviation' | 'variation' | 'displacement' | 'divergence'
  readonly reason: AnomalyReason
  /** Units of time it is smoothed over. */
  readonly memory: number
  /** The lead over its range that is worth a report, in widths of the range. */
  readonly limit: number
}

export const signals: readonly Signal[] = [
  { of: 'value', reason: 'out_of_range', memory: 1, limit: 0.2 },
  { of: 'deviation', reason: 'season', memory: 4, limit: 0.2 },
  { of: 'variation', reason: 'pattern', memory: 32, limit: 0.05 },
  { of: 'displacement', reason: 'season', memory: 100, limit: 0.03 },
  { of: 'divergence', reason: 'distribution', memory: 1, limit: 0.1 },
]
