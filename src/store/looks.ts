import { and, eq, sql } from 'drizzle-orm'
import type { Lacks } from '../rules/lacks.ts'
import type { Database, Store } from './database.ts'
import { newId } from './ids.ts'
import type { Instance } from './instances.ts'
import { resultRows, rows, storedJson } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { instances } from './schema/index.ts'

/** An instance claimed for one look. */
export type ClaimedInstance = Instance & { readonly lookId: string }

/**
 * Claims instances whose look is due, the longest waiting first, each for one replica. A look that
 * is not settled within `leaseMs` is due again.
 */
export async function claimLooks(
  { db }: Store,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<ClaimedInstance[]> {
  const lookId = newId()
  const claimed = await db
    .update(instances)
    .set({ lookId, nextLookAt: sql`${databaseNow} + ${leaseMs} * interval '1 millisecond'` })
    .where(
      sql`${instances.id} = any(array(
        select id from instances where enabled and next_look_at <= ${databaseNow}
        order by next_look_at limit ${limit} for update skip locked))`,
    )
    .returning()
  return claimed.map((instance) => ({ ...instance, lookId }))
}

/** What a look found out about the instance itself. */
export interface Settlement {
  readonly id: string
  readonly lookId: string
  /** Undefined where it says nothing new. */
  readonly state: Instance['state']
  readonly server: string | null
  readonly version: string | null
  readonly role: string | null
  readonly lastError: string | null
  /** Null where that has not changed. */
  readonly lacks: Lacks | null
  readonly seen: boolean
  /** Looked at next when the clock is at `turnMs` of a period of so many milliseconds. */
  readonly everyMs: number
  readonly turnMs: number
  /** Sooner than that, from now; null where nobody asks for it. */
  readonly recheckMs: number | null
  /** Whether plugins' states were written along with it. */
  readonly stateVersion: number
}

/**
 * The next turn of an instance. A look that took long misses none but that which comes at once. Turns
 * are counted from the epoch: those of one moment stay together, whenever their looks end.
 */
const nextTurn = sql`to_timestamp(
  (ceil((extract(epoch from ${databaseNow}) * 1000 + u.every_ms / 4 - u.turn_ms) / u.every_ms)
    * u.every_ms + u.turn_ms) / 1000)`

/**
 * Ends looks and makes the next ones due. Answers in how many milliseconds, by look, for those that
 * were still their own: one that went on for too long may end together with that which took its place.
 */
export async function settleLooks(
  { db }: { db: Database },
  settlements: readonly Settlement[],
): Promise<Map<string, number>> {
  const u = rows(
    {
      id: 'uuid',
      look_id: 'uuid',
      state: 'text',
      server: 'text',
      version: 'text',
      role: 'text',
      last_error: 'text',
      lacks: 'text',
      seen: 'boolean',
      every_ms: 'float8',
      turn_ms: 'float8',
      recheck_ms: 'float8',
      state_version: 'int',
    },
    settlements.map((look) => ({
      id: look.id,
      look_id: look.lookId,
      state: look.state,
      server: look.server,
      version: look.version,
      role: look.role,
      last_error: look.lastError,
      lacks: look.lacks && storedJson(look.lacks),
      seen: look.seen,
      every_ms: look.everyMs,
      turn_ms: look.turnMs,
      recheck_ms: look.recheckMs,
      state_version: look.stateVersion,
    })),
  )
  const settled = await db.execute(sql`
    update instances set
      look_id = null,
      next_look_at = least(${nextTurn}, ${databaseNow} + u.recheck_ms * interval '1 millisecond'),
      last_look_at = ${databaseNow},
      last_seen_at = case when u.seen then ${databaseNow} else last_seen_at end,
      state = u.state, last_error = u.last_error, state_version = u.state_version,
      lacks = coalesce(u.lacks::jsonb, instances.lacks),
      server = coalesce(u.server, instances.server),
      version = coalesce(u.version, instances.version),
      role = coalesce(u.role, instances.role)
    from ${u}
    where instances.id = u.id and instances.look_id = u.look_id
    returning u.look_id as "lookId",
      extract(epoch from next_look_at - ${databaseNow})::float8 * 1000 as "nextInMs"`)
  const own = resultRows<{ lookId: string; nextInMs: number }>(settled)
  return new Map(own.map(({ lookId, nextInMs }) => [lookId, Math.max(0, nextInMs)]))
}

/** Gives claimed looks back at once, for another replica: what a clean stop does. */
export async function returnLooks({ db }: Store, lookIds: readonly string[]): Promise<void> {
  for (const lookId of lookIds)
    await db
      .update(instances)
      .set({ lookId: null, nextLookAt: databaseNow })
      .where(and(eq(instances.lookId, lookId)))
}

/** Milliseconds until the next look is due, 0 where one is; undefined where nothing is watched. */
export async function nextLookInMs({ db }: Store): Promise<number | undefined> {
  const [row] = resultRows<{ ms: number | null }>(
    await db.execute(sql`
      select extract(epoch from min(next_look_at) - ${databaseNow})::float8 * 1000 as ms
      from instances where enabled`),
  )
  return row?.ms == null ? undefined : Math.max(0, row.ms)
}
