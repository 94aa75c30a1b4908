import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { resultRows } from './rows.ts'
import { givenUp, open } from './schema/index.ts'

/** How far the deliveries have come that one request has queued. */
export interface Progress {
  readonly queued: number
  readonly waiting: number
  /** Given up, or given up again. */
  readonly givenUp: number
}

/** Counted no further: what follows costs nothing. */
const most = 100_000

/** How the deliveries of a webhook fare that this retry or replay in bulk has queued, and it alone. */
export async function progressOf({ db }: Store, webhookId: string, by: string): Promise<Progress> {
  const nothing = { queued: 0, waiting: 0, givenUp: 0 }
  if (!isId(webhookId)) return nothing
  const [row] = resultRows<Progress>(
    await db.execute(sql`
      select count(*)::int as queued, (count(*) filter (where ${open}))::int as waiting,
        (count(*) filter (where ${givenUp}))::int as "givenUp"
      from (select status from deliveries
        where queued_by = ${by} and webhook_id = ${webhookId} limit ${most}) these`),
  )
  return row ?? nothing
}
