import { z } from '@hono/zod-openapi'

/** The last millisecond that ISO 8601 and the database write with four digits of a year. */
const latest = 253_402_300_799_999
const iso = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[ +-]\d\d:\d\d))?$/i
const message = 'Write a moment as epoch milliseconds, or like 2024-01-28T16:00:00Z'

/** Reads epoch milliseconds or ISO 8601 with its zone; a date alone begins at midnight UTC. */
export function parseMoment(value: string | number): Date | undefined {
  const time = epochOf(String(value))
  return time >= 0 && time <= latest ? new Date(time) : undefined
}

function epochOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  // In a query an unescaped "+" arrives as a space.
  return iso.test(text) ? Date.parse(text.replace(' ', '+')) : Number.NaN
}

function toMoment(value: string | number, context: z.core.$RefinementCtx): Date {
  const moment = parseMoment(value)
  if (moment !== undefined) return moment
  context.addIssue(message)
  return z.NEVER
}

/** A moment in a query: epoch milliseconds or ISO 8601. */
export function queryMoment(description: string) {
  return z.string().transform(toMoment).openapi({ description, example: '2024-01-28T16:00:00Z' })
}

/** A moment in a body: epoch milliseconds as a number, or ISO 8601. */
export function bodyMoment(description: string) {
  return z
    .union([z.int(), z.string()], { error: message })
    .transform(toMoment)
    .openapi({ type: ['integer', 'string'], description, example: 1706457600000 })
}

/** A moment in an answer. */
export function epochMs(description: string) {
  return z.int().min(0).describe(`${description} Epoch milliseconds.`)
}
