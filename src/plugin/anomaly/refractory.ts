/** What keeps one anomaly from being reported again and again. */
export interface Refractory {
  /** What an anomaly must exceed, in sizes; falls by half in a while. */
  bar: number
  /** Units of time since the last report. */
  quiet: number
}

/** Units of time without a second report, unless an anomaly is outrageous. */
const hold = 100
/** Units of time in which the bar falls by half. */
const halfLife = 50
/** What another has told of grows to about this size here. */
const notable = 10
/** How much larger than the last an anomaly must be at first. */
const escalation = 2

/**
 * Takes an anomaly's size, 1 being just worth a report. Returns whether it is reported: nothing was
 * for a while or it exceeds the bar `outrageous` times, and it exceeds the bar. Larger ones meanwhile
 * lift the bar.
 */
export function reports(
  refractory: Refractory,
  size: number,
  elapsed: number,
  outrageous = Number.POSITIVE_INFINITY,
): boolean {
  refractory.bar *= Math.max(0, 1 - (Math.LN2 / halfLife) * elapsed)
  refractory.quiet = Math.min(refractory.quiet + elapsed, 2 * hold)
  if (size < 1 || size <= refractory.bar) return false
  const report = refractory.quiet > hold || size > outrageous * refractory.bar
  refractory.bar = report ? escalation * size : size
  if (report) refractory.quiet = 0
  return report
}

/** Notes that another told of an anomaly that has this size here: it need not be told again. */
export function hush(refractory: Refractory, size: number): void {
  refractory.bar = Math.max(refractory.bar, escalation * Math.max(size, notable))
  refractory.quiet = 0
}
