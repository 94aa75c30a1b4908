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

/** Asked once a statement: for each row it would take longer than all the rest. */
const thisHour = sql`(select date_trunc('hour', clock_timestamp(), 'UTC'))`
const epoch = sql`(extract(epoch from hour) * 1000)::float8`

/** The last day of all webhooks together, the oldest hour first; hours without any are absent. */
export type DeliveryDay = () => Promise<readonly DeliveryHour[]>

/**
 * Reads every hour until it is over, and keeps it from then on: a day of a thousand webhooks is
 * twenty thousand rows.
 */
export function createDeliveryDay({ db }: Store): DeliveryDay {
  let over: readonly DeliveryHour[] = []
  return async () => {
    const known = over
    const found = resultRows<DeliveryHour & { isOver: boolean }>(
      await db.execute(sql`
        select ${epoch} as at, sum(succeeded)::float8 as succeeded, sum(failed)::float8 as failed,
          -- What was settled at its very end is committed within minutes.
          hour < (select clock_timestamp() - interval '65 minutes') as "isOver"
        from delivery_hours
        where hour > ${thisHour} - interval '1 day'
          and hour > to_timestamp(${(known.at(-1)?.at ?? 0) / 1000}::float8)
        group by hour order by hour`),
    )
    const hours = found.map(({ at, succeeded, failed }) => ({ at, succeeded, failed }))
    const all = [...known, ...hours].slice(-24)
    const open = found.filter(({ isOver }) => !isOver).length
    over = all.slice(0, all.length - open)
    return all
  }
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
      where hour = any(array(
          select ${thisHour} - n * interval '1 hour' from generate_series(0, 23) n))
        and webhook_id = any(array(select u.id from ${u})) order by hour`),
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
