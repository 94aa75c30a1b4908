import type { Tally } from './tally.ts'

/** What became of everything that was accepted. Deliveries, not events, are counted. */
export interface Account {
  /** Owed: each event the service answered 202 for, to each webhook. */
  readonly accepted: number
  readonly delivered: number
  readonly lost: number
  /** Arrived again after they had been answered with success. */
  readonly duplicated: number
  /** Arrived, of an event nobody was told of. */
  readonly unknown: number
}

/** Holds what arrived against what was accepted for these webhooks. */
export function account(
  accepted: ReadonlySet<string>,
  webhooks: readonly string[],
  tally: Tally,
): Account {
  const owed = new Set(webhooks.flatMap((id) => [...accepted].map((event) => `${id} ${event}`)))
  const arrived = [...tally.arrivals.values()].filter(({ webhookId }) =>
    webhooks.includes(webhookId),
  )
  const delivered = arrived.filter(({ key }) => owed.has(key)).length
  return {
    accepted: owed.size,
    delivered,
    lost: owed.size - delivered,
    duplicated: arrived.reduce((sum, { times }) => sum + times.length - 1, 0),
    unknown: arrived.length - delivered,
  }
}

/** Prints a scenario's numbers as one line of JSON. */
export function report(
  scenario: string,
  numbers: Account & Readonly<Record<string, unknown>>,
): void {
  process.stdout.write(`${JSON.stringify({ scenario, ...numbers })}\n`)
}

/** The value that so large a share of the samples stays at or below. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
