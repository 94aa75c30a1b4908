import { InvalidArgumentError } from 'commander'

/** A whole number within bounds; `example` is one. */
export function whole(text: string, least: number, most: number, example: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new InvalidArgumentError(
    `Give a whole number from ${least} to ${most}, such as ${example}.`,
  )
}

/** 0 takes a free one. */
export const port = (text: string) => whole(text, 0, 65_535, '3002')

export const httpStatus = (text: string) => whole(text, 200, 599, '500')

/** Milliseconds of `500ms`, `2s`, `5m`, `1h`. */
export function duration(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  const ms = Number(amount) * (units[unit] ?? Number.NaN)
  if (ms <= 24 * 3_600_000) return ms
  throw new InvalidArgumentError('Give a time with its unit, a day at most: 500ms, 2s, 5m, 1h.')
}

/** Epoch milliseconds of such a number, or of an ISO 8601 date. */
export function moment(text: string): number {
  const time = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(time)) return time
  throw new InvalidArgumentError('Give epoch milliseconds, or a date such as 2024-01-28T16:00:00Z.')
}

/** Several values of one option, in their order. */
export const several = (text: string, before: readonly string[] = []) => [...before, text]
