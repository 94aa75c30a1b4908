import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'

/** How the deliveries of one hour ended. */
export interface DeliveryHour {
  /** When it began, epoch milliseconds. */
  readonly at: number
  readonly succeeded: number
  readonly failed: number
}

const day = sql`hour > date_trunc('hour', clock_timestamp(), 'UTC') - interval '1 day'`
const epoch = sql`(extract(epoch from hour) * 1000)::float8`

/** The last day of all webhooks together, the oldest hour first; hours without any are absent. */
export async function deliveryDay({ db }: Store): Promise<DeliveryHour[]> {
  return resultRows(
    await db.execute(sql`
      select ${epoch} as at, sum(succeeded)::float8 as succeeded, sum(failed)::float8 as failed
      from delivery_hours where ${day} group by hour order by hour`),
  )
}

/** Forgets hours that no page shows any more. */
export async function forgetHours({ db }: Store): Promise<void> {
  await db.execute(sql`
    delete from delivery_hours where hour < clock_timestamp() - interval '2 days'`)
}
