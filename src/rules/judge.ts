import { clearsAt, defaultHysteresisFactor } from './evaluate.ts'
import { type Ladder, ladder } from './ladder.ts'

/** What one webhook holds readings against. */
export interface Limit {
  readonly webhookId: string
  /** `auto` is the baseline that comes with each reading. */
  readonly threshold: number | 'auto'
  /** Default 0.9. */
  readonly hysteresisFactor?: number | undefined
}

/** An alert that stands for one webhook. */
export interface Standing {
  readonly webhookId: string
  /** The limit when it fired. */
  readonly threshold: number
  /** The worst reading so far. */
  readonly peak: number
}

type Direction = 'above' | 'below'

/** Limits sorted so that a reading finds those it has reached without asking each. */
export interface LimitIndex {
  readonly fixed: Ladder<Limit>
  readonly automatic: readonly Limit[]
}

export function indexLimits(limits: readonly Limit[], direction: Direction): LimitIndex {
  const sign = signOf(direction)
  return {
    fixed: ladder(
      limits.filter(({ threshold }) => threshold !== 'auto'),
      ({ threshold }) => sign * Number(threshold),
    ),
    automatic: limits.filter(({ threshold }) => threshold === 'auto'),
  }
}

/** Alerts of one kind on one thing, sorted so that a reading finds those it changes. */
export interface StandingIndex<Alert> {
  has(webhookId: string): boolean
  readonly fixed: Ladder<Alert>
  readonly automatic: number
  readonly clearing: Ladder<Alert>
  readonly clearingBelowBaseline: ReadonlyMap<number, readonly Alert[]>
  readonly peaks: Ladder<Alert>
}

/**
 * `limitOf` gives what a webhook holds such readings against now; undefined for one that is off, or
 * no longer asks for them: its alert stays until it clears by the limit it fired at.
 */
export function indexStanding<Alert extends Standing>(
  standing: ReadonlyMap<string, Alert>,
  limitOf: (webhookId: string) => Limit | undefined,
  direction: Direction,
): StandingIndex<Alert> {
  const sign = signOf(direction)
  const all = [...standing.values()].map((alert) => {
    const limit = limitOf(alert.webhookId)
    const factor = limit?.hysteresisFactor ?? defaultHysteresisFactor
    return { alert, limit, factor, threshold: limit?.threshold ?? alert.threshold }
  })
  type Known = (typeof all)[number]
  const fixed = all.filter(({ threshold }) => threshold !== 'auto')
  const automatic = all.filter(({ threshold }) => threshold === 'auto')
  const alerts = (some: readonly Known[], at: (known: Known) => number) =>
    strip(ladder(some, (known) => sign * at(known)))
  const byFactor = new Map<number, Alert[]>()
  for (const { alert, factor } of automatic) {
    const alike = byFactor.get(factor)
    if (alike === undefined) byFactor.set(factor, [alert])
    else alike.push(alert)
  }

  return {
    has: (webhookId) => standing.has(webhookId),
    fixed: alerts(
      fixed.filter(({ limit }) => limit !== undefined),
      ({ threshold }) => Number(threshold),
    ),
    automatic: automatic.length,
    clearing: alerts(
      fixed,
      ({ threshold, factor }) => -clearsAt(Number(threshold), factor, direction),
    ),
    clearingBelowBaseline: byFactor,
    peaks: alerts(
      all.filter(({ limit }) => limit !== undefined),
      ({ alert }) => alert.peak,
    ),
  }
}

export interface Judged<Alert> {
  /** Webhooks for which an alert begins, and the limit of each. */
  readonly fire: readonly { readonly webhookId: string; readonly threshold: number }[]
  readonly clear: readonly Alert[]
  /** Alerts that go on, and never was a reading so bad. */
  readonly worse: readonly Alert[]
}

/**
 * What a reading means for every webhook: the same as `evaluate` for each of them, found without
 * asking each. Costs as much as what changes, and the logarithm of the rest.
 *
 * `limits` holds each webhook once; `baseline` is what `auto` stands for.
 */
export function judge<Alert extends Standing>(
  { value, baseline, direction }: { value: number; baseline: number; direction: Direction },
  limits: readonly LimitIndex[],
  standing: StandingIndex<Alert>,
): Judged<Alert> {
  const sign = signOf(direction)
  const at = sign * value
  // Of those that a value has reached, all that stand already: nobody is left to tell.
  const reached = limits.map(({ fixed }) => fixed.atMost(at))
  const isTold = sum(reached) === standing.fixed.atMost(at)
  const isBad = sign * baseline <= at
  const automatic = limits.flatMap((index) => (isBad ? [index.automatic] : []))
  const isToldOfBaseline = sum(automatic.map(({ length }) => length)) === standing.automatic

  const fire = [
    ...(isTold ? [] : limits.flatMap(({ fixed }, n) => fixed.lowest(reached[n] ?? 0))),
    ...(isToldOfBaseline ? [] : automatic.flat()),
  ].filter(({ webhookId }) => !standing.has(webhookId))
  const clear = [
    ...standing.clearing.lowest(standing.clearing.below(-at)),
    ...[...standing.clearingBelowBaseline].flatMap(([factor, alerts]) =>
      at < sign * clearsAt(baseline, factor, direction) ? alerts : [],
    ),
  ]
  const ended = new Set(clear)
  return {
    fire: fire.map(({ webhookId, threshold }) => ({
      webhookId,
      threshold: threshold === 'auto' ? baseline : threshold,
    })),
    clear,
    worse: standing.peaks.lowest(standing.peaks.below(at)).filter((alert) => !ended.has(alert)),
  }
}

function signOf(direction: Direction): 1 | -1 {
  return direction === 'below' ? -1 : 1
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

function strip<Alert>(known: Ladder<{ readonly alert: Alert }>): Ladder<Alert> {
  return { ...known, lowest: (count) => known.lowest(count).map(({ alert }) => alert) }
}
