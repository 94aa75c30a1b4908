import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows, rows } from './rows.ts'

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

/** The last day of each of these webhooks. */
export async function deliveryDays(
  { db }: Store,
  webhookIds: readonly string[],
): Promise<Map<string, DeliveryHour[]>> {
  const days = new Map<string, DeliveryHour[]>()
  if (webhookIds.length === 0) return days
  const u = rows(
    { id: 'uuid' },
    webhookIds.map((id) => ({ id })),
  )
  const found = resultRows<DeliveryHour & { id: string }>(
    await db.execute(sql`
      select webhook_id as id, ${epoch} as at, succeeded, failed from delivery_hours
      where ${day} and webhook_id in (select u.id from ${u}) order by hour`),
  )
  for (const { id, ...hour } of found) {
    const known = days.get(id)
    if (known === undefined) days.set(id, [hour])
    else known.push(hour)
  }
  return days
}

/** Forgets hours that no page shows any more. */
export async function forgetHours({ db }: Store): Promise<void> {
  await db.execute(sql`
    delete from delivery_hours where hour < clock_timestamp() - interval '2 days'`)
}
