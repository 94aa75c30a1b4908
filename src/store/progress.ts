import { type SQL, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import type { DeliveryFilter } from './delivery-filter.ts'
import { leastId } from './ids.ts'
import { resultRows } from './rows.ts'
import { givenUp, open } from './schema/index.ts'

/** How far the deliveries of a retry or a replay have come. */
export interface Progress {
  /** Given up before it began, and not queued again yet. */
  readonly left: number
  readonly waiting: number
  /** Given up since. */
  readonly givenUp: number
}

/** Counted no further: what follows costs nothing. */
const most = 100_000

/** Which given-up deliveries are retried; see `DeliveryFilter`. */
type Retried = Pick<DeliveryFilter, 'status' | 'statusCode' | 'error'>

/** How a webhook's given-up deliveries fare that have been queued again since then. */
export function retryProgress(
  store: Store,
  webhookId: string,
  since: Date,
  { status, statusCode, error }: Retried,
): Promise<Progress> {
  const at = sql`${since.toISOString()}::timestamptz`
  const these = [
    status === undefined ? sql`true` : sql`status = ${status}`,
    statusCode === undefined ? sql`true` : sql`status_code is not distinct from ${statusCode}::int`,
    error === undefined ? sql`true` : sql`error is not distinct from ${error}::text`,
  ]
  return counted(store, webhookId, {
    left: sql`${givenUp} and completed_at < ${at} and ${sql.join(these, sql` and `)}`,
    waiting: sql`${open} and created_at < ${at} and (attempts_before > 0 or attempts = 0)`,
    givenUp: sql`${givenUp} and completed_at >= ${at} and created_at < ${at} and attempts_before > 0`,
  })
}

/** How deliveries fare that a webhook was newly owed since then. */
export function replayProgress(store: Store, webhookId: string, since: Date): Promise<Progress> {
  const fresh = sql`id >= ${leastId(since)}`
  return counted(store, webhookId, {
    left: sql`false`,
    waiting: sql`${open} and ${fresh}`,
    givenUp: sql`${givenUp} and ${fresh}`,
  })
}

async function counted(
  { db }: Store,
  webhookId: string,
  these: Readonly<Record<keyof Progress, SQL>>,
): Promise<Progress> {
  const count = (one: SQL) => sql`(select count(*)::int from (
    select from deliveries where webhook_id = ${webhookId} and ${one} limit ${most}) counted)`
  const [row] = resultRows<Progress>(
    await db.execute(sql`
      select ${count(these.left)} as left, ${count(these.waiting)} as waiting,
        ${count(these.givenUp)} as "givenUp"`),
  )
  return row ?? { left: 0, waiting: 0, givenUp: 0 }
}
