import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'

/** Changes whenever a page would show something else: a few ends of indexes, however much is stored. */
export async function pulse({ db }: Store): Promise<string> {
  const [row] = resultRows<{ pulse: string }>(
    await db.execute(sql`
      select concat_ws(' ',
        (select max(last_look_at) from instances),
        (select id from deliveries order by id desc limit 1),
        (select sum(succeeded + failed) from delivery_hours
          where hour >= (select date_trunc('hour', clock_timestamp(), 'UTC'))),
        (select id from events order by id desc limit 1),
        (select max(value) from revisions)) as pulse`),
  )
  return row?.pulse ?? ''
}
