import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { createRecent, type Recent } from './recent.ts'
import { anyOf, resultRows } from './rows.ts'

/** How the deliveries of one hour ended. */
export interface DeliveryHour {
  /** When it began, epoch milliseconds. */
  readonly at: number
  readonly succeeded: number
  readonly failed: number
}

const hourMs = 3_600_000
/** What was settled at the very end of an hour is committed within minutes. */
const day = { lastsMs: 24 * hourMs, settledMs: hourMs + 5 * 60_000 }

/** The last day of all webhooks together, the oldest hour first; hours without any are absent. */
export type DeliveryDay = () => Promise<readonly DeliveryHour[]>

/** An hour is read until it is over: a day of a thousand webhooks is twenty thousand rows. */
export function createDeliveryDay({ db }: Store): DeliveryDay {
  const recent = createRecent<DeliveryHour>(async ([all = ''], since) => {
    if (all === '') return new Map()
    const hours = resultRows<DeliveryHour>(
      await db.execute(sql`
        select (extract(epoch from hour) * 1000)::float8 as at, sum(succeeded)::float8 as succeeded,
          sum(failed)::float8 as failed
        from delivery_hours where hour >= ${since.toISOString()}::timestamptz
        group by hour order by hour`),
    )
    return new Map([[all, hours]])
  }, day)
  return async () => (await recent(['all'])).get('all') ?? []
}

/** The last day of each of these webhooks. */
export function createDeliveryDays({ db }: Store): Recent<DeliveryHour> {
  return createRecent<DeliveryHour>(async (webhookIds, since) => {
    if (webhookIds.length === 0) return new Map()
    const found = resultRows<{ id: string; hours: string }>(
      await db.execute(sql`
        select webhook_id as id, string_agg(
          '{"at":' || (extract(epoch from hour) * 1000)::bigint || ',"succeeded":' || succeeded
            || ',"failed":' || failed || '}', ',' order by hour) as hours
        from generate_series(
          date_trunc('hour', ${since.toISOString()}::timestamptz, 'UTC'), now(), '1 hour') n
        -- Hour by hour, which is the order of the index; a planner that may choose reads all of a day.
        cross join lateral (
          select * from delivery_hours where hour = n and webhook_id = ${anyOf(webhookIds)} offset 0
        ) d
        group by webhook_id`),
    )
    return new Map(found.map(({ id, hours }) => [id, JSON.parse(`[${hours}]`) as DeliveryHour[]]))
  }, day)
}

/** Forgets hours that no page shows any more. */
export async function forgetHours({ db }: Store): Promise<void> {
  await db.execute(sql`
    delete from delivery_hours where hour < clock_timestamp() - interval '2 days'`)
}
