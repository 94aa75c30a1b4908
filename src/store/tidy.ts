import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'

/** Rows that may have changed in any table, and beside them a fifth of it, as for an autovacuum. */
const mostChanged = 1000
/** Bytes of the write-ahead log that a start after a crash may have to read: about a second's work. */
const mostLogged = 64 * 2 ** 20

/**
 * Does for an embedded database what a server does by itself: gives back the space of dead rows,
 * which every claim would have to pass by, and bounds the write-ahead log. Only where there is need,
 * and a table at a time: nobody else gets a turn meanwhile. Answers the tables it was done for.
 */
export async function tidy({ db }: Store): Promise<string[]> {
  const tables = resultRows<{ name: string }>(
    await db.execute(sql`
      select quote_ident(relname) as name from pg_stat_user_tables
      where schemaname = 'public'
        and greatest(n_dead_tup, n_mod_since_analyze) > ${mostChanged}::int + n_live_tup / 5
      order by relname`),
  ).map(({ name }) => name)
  for (const table of tables) await db.execute(sql.raw(`vacuum analyze ${table}`))
  const [log] = resultRows<{ due: boolean }>(
    await db.execute(sql`
      select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) > ${mostLogged}::int as due
      from pg_control_checkpoint()`),
  )
  if (log?.due) await db.execute(sql`checkpoint`)
  return tables
}
