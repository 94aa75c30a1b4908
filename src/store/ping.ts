import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'

/** Resolves when the database answers. */
export async function answers({ db }: Store): Promise<void> {
  await db.execute(sql`select 1`)
}
