import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'
import { givenUp, open } from './schema/index.ts'

/** Deliveries of one webhook and status are counted up to here: the next million costs nothing. */
export const mostCounted = 100_000

/** What one webhook is owed, and what was given up. */
export interface DeliveryCounts {
  readonly id: string
  readonly pending: number
  readonly retrying: number
  readonly deadLetters: number
  readonly failed: number
}

/**
 * The deliveries of every webhook that are owed or given up, over all replicas. Along their partial
 * indexes, webhook by webhook and bounded: what was delivered is never touched. Some 5 µs each.
 */
export async function countDeliveries({ db }: Store): Promise<DeliveryCounts[]> {
  return resultRows(
    await db.execute(sql`
      select w.id, q.pending, q.retrying, g.dead_letters as "deadLetters", g.failed
      from webhooks w
      cross join lateral (
        select count(*) filter (where status = 'pending')::int as pending,
          count(*) filter (where status = 'retrying')::int as retrying
        from (select d.status from deliveries d
          where d.webhook_id = w.id and ${open} limit ${mostCounted}) owed) q
      cross join lateral (
        select count(*) filter (where status = 'dead_letter')::int as dead_letters,
          count(*) filter (where status = 'failed')::int as failed
        from (select d.status from deliveries d
          where d.webhook_id = w.id and ${givenUp} limit ${mostCounted}) given_up) g
      order by w.id limit 10000`),
  )
}
