import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'
import { givenUp } from './schema/index.ts'

/** What wants attention; a thousand stands for as many or more. */
export interface Standing {
  readonly alerts: number
  readonly givenUp: number
}

/** Counts what wants attention, no further than people care to know. */
export async function standing({ db }: Store): Promise<Standing> {
  const [row] = resultRows<Standing>(
    await db.execute(sql`
      select
        (select count(*)::int from (select from alerts limit 1000) a) as alerts,
        (select count(*)::int from (select from deliveries where ${givenUp} limit 1000) d)
          as "givenUp"`),
  )
  return row ?? { alerts: 0, givenUp: 0 }
}

/** What waits for its next attempt; a thousand stands for as many or more. */
export interface Waiting {
  readonly retries: number
  /** When the first of them is due, epoch milliseconds. */
  readonly next: number | null
}

/** Counts what is to be tried again, no further than people care to know. */
export async function waiting({ db }: Store): Promise<Waiting> {
  const [row] = resultRows<Waiting>(
    await db.execute(sql`
      select
        (select count(*)::int from
          (select from deliveries where status = 'retrying' limit 1000) d) as retries,
        (select (extract(epoch from due_at) * 1000)::float8 from deliveries
          where status = 'retrying' and claim_id is null order by due_at limit 1) as next`),
  )
  return row ?? { retries: 0, next: null }
}
