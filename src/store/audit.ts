import { and, desc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { leastId, newId } from './ids.ts'
import { resultRows } from './rows.ts'
import { audit } from './schema/index.ts'

/** One change: who, what, when. */
export type AuditEntry = typeof audit.$inferSelect

export async function recordAudit(
  db: Database,
  entry: Omit<AuditEntry, 'id' | 'at'>,
): Promise<void> {
  await db.insert(audit).values({ id: newId(), ...entry })
}

/** Which entries to show. */
export interface AuditFilters {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly target?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** Newest first, those older than `before`. */
export async function listAudit(
  db: Database,
  { actor, action, target, since, until }: AuditFilters,
  page: { limit: number; before?: string | undefined },
): Promise<AuditEntry[]> {
  return db
    .select()
    .from(audit)
    .where(
      and(
        actor === undefined ? undefined : eq(audit.actor, actor),
        action === undefined ? undefined : eq(audit.action, action),
        target === undefined ? undefined : eq(audit.target, target),
        since === undefined ? undefined : gte(audit.at, since),
        until === undefined ? undefined : lte(audit.at, until),
        page.before === undefined ? undefined : lt(audit.id, page.before),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(page.limit)
}

/** Removes at most `limit` entries from before then; answers how many went. */
export async function removeAudit(db: Database, before: Date, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from audit where id = any(array(
      select id from audit where id < ${leastId(before)} order by id limit ${limit}))
    returning id`)
  return resultRows(gone).length
}
