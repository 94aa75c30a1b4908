import { and, eq, gte, isNull, lt, lte } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { leastId } from './ids.ts'
import { type DeliveryStatus, deliveries } from './schema/index.ts'

/** Which deliveries of a webhook. */
export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined
  readonly event?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  /** How the receiver answered last; null: not at all. */
  readonly statusCode?: number | null | undefined
  /** What went wrong last, word for word; null: nothing. */
  readonly error?: string | null | undefined
}

/** Word for word, null included; undefined asks nothing. */
const same = (column: PgColumn, value: string | number | null | undefined) =>
  value === undefined ? undefined : value === null ? isNull(column) : eq(column, value)

/** Those of one webhook. */
export function matching(webhookId: string, filter: DeliveryFilter) {
  const { status, event, since, until } = filter
  return and(
    eq(deliveries.webhookId, webhookId),
    status && eq(deliveries.status, status),
    event === undefined ? undefined : eq(deliveries.eventType, event),
    same(deliveries.statusCode, filter.statusCode),
    same(deliveries.error, filter.error),
    since && queuedSince(since),
    until && and(lte(deliveries.createdAt, until), lt(deliveries.id, leastId(later(until)))),
  )
}

/** Ids are made by the clock of a process: one that is wrong by more than this misses some. */
const clocksDifferMs = 3_600_000
/** Ids of what was queued until then are below that of this moment. */
export const later = (at: Date) => new Date(at.getTime() + clocksDifferMs)
const earlier = (at: Date) => new Date(Math.max(0, at.getTime() - clocksDifferMs))

/** The moment itself decides; the id, which is in the index, says about where to look. */
function queuedSince(at: Date) {
  return and(gte(deliveries.createdAt, at), gte(deliveries.id, leastId(earlier(at))))
}
