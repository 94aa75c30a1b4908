import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { anyOf, resultRows } from './rows.ts'
import { givenUp } from './schema/index.ts'

/** Given-up deliveries of one webhook that failed alike. */
export interface DeadLetterGroup {
  readonly webhookId: string
  readonly webhook: string
  readonly enabled: boolean
  readonly status: 'dead_letter' | 'failed'
  readonly statusCode: number | null
  readonly error: string | null
  readonly count: number
  /** Epoch milliseconds. */
  readonly first: number
  readonly last: number
  readonly newest: string
}

/** Which groups to show. */
export interface GroupsWanted {
  /** Of these alone. */
  readonly webhooks?: readonly string[] | undefined
  readonly limit: number
  readonly offset: number
}

/** How many are looked at: the newest. */
export const mostGrouped = 5000

/** What was given up, by webhook and reason, the webhooks with most first. */
export async function deadLetterGroups(
  { db }: Store,
  { webhooks, limit, offset }: GroupsWanted,
): Promise<DeadLetterGroup[]> {
  const [only, ...others] = webhooks ?? []
  const ofThem =
    webhooks === undefined
      ? sql`true`
      : only !== undefined && others.length === 0
        ? sql`webhook_id = ${only}`
        : sql`webhook_id = ${anyOf(webhooks)}`
  return resultRows(
    await db.execute(sql`
      select d.webhook_id as "webhookId", w.name as webhook, w.enabled, d.status,
        d.status_code as "statusCode", d.error, d.count,
        (extract(epoch from d.first) * 1000)::float8 as first,
        (extract(epoch from d.last) * 1000)::float8 as last, d.newest
      from (
        select webhook_id, status, status_code, error, count(*)::int as count,
          min(created_at) as first, max(created_at) as last,
          max(id::text collate "C") as newest, sum(count(*)) over (partition by webhook_id) as of
        from (select id, webhook_id, status, status_code, error, created_at from deliveries
          where ${givenUp} and ${ofThem} order by id desc
          limit ${sql.raw(String(mostGrouped))}) recent
        group by webhook_id, status, status_code, error
        order by of desc, webhook_id, count desc, newest limit ${limit} offset ${offset}
      ) d join webhooks w on w.id = d.webhook_id
      order by d.of desc, d.webhook_id, d.count desc, d.newest`),
  )
}
