import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { open } from './schema/index.ts'

/** Whether there is anything to do at all. */
export interface Due {
  /** Milliseconds until the next look, 0 where one is due; undefined where nothing is watched. */
  readonly lookInMs: number | undefined
  /** Whether a delivery is owed, now or later. */
  readonly owed: boolean
  /** Whether an alert stands, of which somebody may have to be reminded. */
  readonly standing: boolean
}

/** Asks in one statement what otherwise takes several: mostly the answer is no. */
export async function findDue({ db }: Store): Promise<Due> {
  const [row] = resultRows<{ ms: number | null; owed: boolean; standing: boolean }>(
    await db.execute(sql`
      select
        (select extract(epoch from min(next_look_at) - ${databaseNow})::float8 * 1000
          from instances where enabled) as ms,
        exists (select 1 from deliveries where ${open}) as owed,
        exists (select 1 from alerts) as standing`),
  )
  return {
    lookInMs: row?.ms == null ? undefined : Math.max(0, row.ms),
    owed: row?.owed ?? true,
    standing: row?.standing ?? true,
  }
}
