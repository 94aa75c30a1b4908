import { and, desc, eq, lt, ne, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { isId, newId } from './ids.ts'
import { databaseNow } from './schema/columns.ts'
import { tokens } from './schema/index.ts'

/** A token as it is stored: never the secret itself, only its digest. */
export type Token = typeof tokens.$inferSelect
export type TokenSettings = Pick<Token, 'name' | 'hash' | 'hint' | 'scopes' | 'expiresAt'> & {
  readonly source: 'api' | 'cli'
}

/** Lists the admin token of the environment, and only the one it names now. */
export async function keepEnvironmentToken(
  db: Database,
  token: Pick<Token, 'name' | 'hash' | 'hint'>,
): Promise<void> {
  await db.delete(tokens).where(and(eq(tokens.source, 'environment'), ne(tokens.hash, token.hash)))
  await db
    .insert(tokens)
    .values({ id: newId(), ...token, source: 'environment', scopes: ['admin'] })
    .onConflictDoUpdate({ target: tokens.hash, set: { source: 'environment', scopes: ['admin'] } })
}

/** Notes that the environment's token was used. */
export async function noteEnvironmentToken(db: Database): Promise<void> {
  await db.update(tokens).set({ lastUsedAt: databaseNow }).where(eq(tokens.source, 'environment'))
}

/**
 * The token with that digest, if it is one and has not expired; notes at most once a minute that it
 * was used. Never the environment's: each process knows its own.
 */
export async function useToken(db: Database, hash: string): Promise<Token | undefined> {
  const [row] = await db
    .select({
      token: tokens,
      noted: sql<boolean>`coalesce(${tokens.lastUsedAt} > ${databaseNow} - interval '1 minute', false)`,
    })
    .from(tokens)
    .where(
      and(
        eq(tokens.hash, hash),
        ne(tokens.source, 'environment'),
        sql`(${tokens.expiresAt} is null or ${tokens.expiresAt} > ${databaseNow})`,
      ),
    )
  if (row !== undefined && !row.noted)
    await db.update(tokens).set({ lastUsedAt: databaseNow }).where(eq(tokens.id, row.token.id))
  return row?.token
}

/** Newest first, those older than `before`. Expired ones stay until they are revoked. */
export async function listTokens(
  db: Database,
  page: { limit: number; before?: string | undefined },
): Promise<Token[]> {
  return db
    .select()
    .from(tokens)
    .where(page.before === undefined ? undefined : lt(tokens.id, page.before))
    .orderBy(desc(tokens.id))
    .limit(page.limit)
}

export async function findToken(db: Database, id: string): Promise<Token | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.select().from(tokens).where(eq(tokens.id, id))
  return row
}

export async function insertToken(db: Database, settings: TokenSettings): Promise<Token> {
  const [row] = await db
    .insert(tokens)
    .values({ id: newId(), ...settings })
    .returning()
  if (row === undefined) throw new Error('The database returned no row for a new token.')
  return row
}

/** Ends a token at once. False where there is none, or it is the environment's. */
export async function deleteToken(db: Database, id: string): Promise<boolean> {
  if (!isId(id)) return false
  const gone = await db
    .delete(tokens)
    .where(and(eq(tokens.id, id), ne(tokens.source, 'environment')))
    .returning({ id: tokens.id })
  return gone.length > 0
}
