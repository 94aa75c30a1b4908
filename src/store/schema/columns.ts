import { sql } from 'drizzle-orm'
import { timestamp } from 'drizzle-orm/pg-core'

/** A moment, to the millisecond, with its zone: what the API shows as epoch milliseconds. */
export const moment = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })

/**
 * The database's clock at this statement. All due times and leases come from it, so that replicas
 * need not agree on the time. Truncated: rounding up would put a due time in the future.
 */
export const databaseNow = sql`date_trunc('milliseconds', clock_timestamp())`

/**
 * A number for a new revision: it follows the clock, so that a database restored from a backup never
 * repeats one.
 */
export const clockVersion = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`
