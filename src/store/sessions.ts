import { and, eq, lt, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { newId } from './ids.ts'
import { databaseNow } from './schema/columns.ts'
import { sessions } from './schema/index.ts'

/** Signs a browser in for so long, milliseconds; forgets those whose time is over. */
export async function beginSession(
  db: Database,
  { hash, tokenHash, lastsMs }: { hash: string; tokenHash: string; lastsMs: number },
): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, databaseNow))
  await db.insert(sessions).values({
    id: newId(),
    hash,
    tokenHash,
    expiresAt: sql`${databaseNow} + ${lastsMs} * interval '1 millisecond'`,
  })
}

/** The digest of the token that a session stands for; undefined where it is none, or is over. */
export async function tokenOfSession(db: Database, hash: string): Promise<string | undefined> {
  const [row] = await db
    .select({ tokenHash: sessions.tokenHash })
    .from(sessions)
    .where(and(eq(sessions.hash, hash), sql`${sessions.expiresAt} > ${databaseNow}`))
  return row?.tokenHash
}

/** Signs a browser out. */
export async function endSession(db: Database, hash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.hash, hash))
}
