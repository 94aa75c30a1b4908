import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { newId } from './ids.ts'
import { databaseNow } from './schema/columns.ts'
import { tokens } from './schema/index.ts'

/** A token as it is stored: never the secret itself, only its digest. */
export type Token = typeof tokens.$inferSelect

/** The first admin token, out of the environment: there from the start, whatever the table holds. */
export async function ensureToken({ db }: Store, name: string, hash: string): Promise<void> {
  await db
    .insert(tokens)
    .values({ id: newId(), name, hash, scopes: ['admin'] })
    .onConflictDoNothing()
}

/** The token with that digest, if it is one and has not expired; notes that it was used. */
export async function useToken({ db }: Store, hash: string): Promise<Token | undefined> {
  const [row] = await db
    .update(tokens)
    .set({ lastUsedAt: databaseNow })
    .where(
      sql`${tokens.hash} = ${hash} and (${tokens.expiresAt} is null or ${tokens.expiresAt} > ${databaseNow})`,
    )
    .returning()
  return row
}
