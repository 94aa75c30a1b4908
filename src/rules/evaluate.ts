import type { EventDeclaration } from '../plugin/event.ts'

/** What a reading means for one webhook: an alert begins, ends, or nothing changes. */
export type Verdict = 'fire' | 'clear' | 'stay'

export interface Evaluation {
  readonly value: number
  readonly threshold: number
  /** Recovery threshold = trigger x factor (seed 1, "Alert Configuration"). */
  readonly hysteresisFactor: number
  readonly direction?: 'above' | 'below'
  /** Whether the alert stands already. */
  readonly standing: boolean
}

/** Seed 1: the alert clears at 90 % of its threshold where a webhook says nothing else. */
export const defaultHysteresisFactor = 0.9

/**
 * Fires at `value >= threshold`, clears at `value < threshold * factor`. A `below` event fires at
 * `value <= threshold` and clears at `value > threshold * (2 - factor)`. In between an alert stays
 * as it is, and so it does where the value is not a number.
 */
export function evaluate(evaluation: Evaluation): Verdict {
  const { value, threshold, hysteresisFactor, direction, standing } = evaluation
  const below = direction === 'below'
  if (!standing) return (below ? value <= threshold : value >= threshold) ? 'fire' : 'stay'
  const safe = clearsAt(threshold, hysteresisFactor, direction)
  return (below ? value > safe : value < safe) ? 'clear' : 'stay'
}

/** The value beyond which a standing alert clears. */
export function clearsAt(
  threshold: number,
  hysteresisFactor: number,
  direction: 'above' | 'below' = 'above',
): number {
  return threshold * (direction === 'below' ? 2 - hysteresisFactor : hysteresisFactor)
}

/** The limit a reading is held against: the webhook's, else the default; 0 is the baseline. */
export function effectiveThreshold(
  { threshold }: EventDeclaration,
  settings: Readonly<Record<string, number>>,
  data: Record<string, unknown>,
): number | undefined {
  if (threshold === undefined) return undefined
  const limit = settings[threshold.key] ?? threshold.default
  return limit === 0 && threshold.auto !== undefined ? threshold.auto(data) : limit
}
