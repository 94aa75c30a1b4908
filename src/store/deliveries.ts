import { and, asc, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { type DeliveryFilter, later, matching } from './delivery-filter.ts'
import { isId, leastId } from './ids.ts'
import { resultRows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { attempts, batches, deliveries, givenUp, open } from './schema/index.ts'

/** One event owed, or given, to one webhook. */
export type Delivery = typeof deliveries.$inferSelect
/** A delivery without what it carries: lists show none of that. */
export type ListedDelivery = Omit<Delivery, 'batchId' | 'body' | 'data' | 'shape'>
/** One request and what came back. */
export type Attempt = typeof attempts.$inferSelect

const {
  body: _body,
  data: _data,
  shape: _shape,
  batchId: _batchId,
  ...listed
} = getTableColumns(deliveries)

/** A webhook's deliveries, newest first: those older than `before`, else from `offset` on. */
export async function listDeliveries(
  { db }: Store,
  webhookId: string,
  filter: DeliveryFilter,
  page: { limit: number; offset: number; before?: string | undefined },
): Promise<ListedDelivery[]> {
  return db
    .select(listed)
    .from(deliveries)
    .where(
      and(
        matching(webhookId, filter),
        page.before === undefined ? undefined : lt(deliveries.id, page.before),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(page.limit)
    .offset(page.before === undefined ? page.offset : 0)
}

/** One delivery with its attempts in order. */
export async function findDelivery(
  { db }: Store,
  id: string,
): Promise<(Delivery & { attemptsMade: Attempt[] }) | undefined> {
  if (!isId(id)) return undefined
  const [found] = await db
    .select({ row: deliveries, together: batches.body })
    .from(deliveries)
    .leftJoin(batches, eq(batches.id, deliveries.batchId))
    .where(eq(deliveries.id, id))
  if (found === undefined) return undefined
  const row = { ...found.row, body: found.row.body ?? found.together }
  const attemptsMade = await db
    .select()
    .from(attempts)
    .where(eq(attempts.deliveryId, id))
    .orderBy(asc(attempts.number))
  return { ...row, attemptsMade }
}

/** Due now, with a fresh budget of retries. */
const retriedNow = {
  status: 'retrying',
  dueAt: databaseNow,
  attemptsBefore: sql`${deliveries.attempts}`,
  // Not with those it went out with before: they may have arrived.
  batchId: null,
  queuedBy: null,
  completedAt: null,
} as const

/** Queues one delivery again. False where it is not one that was given up. */
export async function retryDelivery({ db }: Store, id: string): Promise<boolean> {
  const queued = await db
    .update(deliveries)
    .set(retriedNow)
    .where(and(eq(deliveries.id, id), givenUp))
    .returning({ id: deliveries.id })
  return queued.length > 0
}

/** Most rows of one statement: a longer one keeps its locks, and a database of one session, too long. */
const mostAtOnce = 1000

/**
 * Queues a webhook's given-up deliveries again, a thousand at a time, or only counts them. `by` is the
 * request that asks: by it they are told from what others have queued.
 */
export async function retryDeliveries(
  { db }: Store,
  webhookId: string,
  filter: Omit<DeliveryFilter, 'event'>,
  { dryRun, by }: { readonly dryRun: boolean; readonly by: string },
): Promise<number> {
  const these = and(matching(webhookId, filter), givenUp)
  if (dryRun) return db.$count(deliveries, these)
  return inSteps(async () => {
    const queued = await db
      .update(deliveries)
      .set({ ...retriedNow, queuedBy: by })
      .where(and(someOf(these), givenUp))
      .returning({ id: deliveries.id })
    return queued.length
  })
}

/** Removes a webhook's settled deliveries from before then; never what is still owed. */
export async function pruneDeliveries(
  { db }: Store,
  webhookId: string,
  before: Date,
): Promise<number> {
  const these = and(
    eq(deliveries.webhookId, webhookId),
    lt(deliveries.createdAt, before),
    lt(deliveries.id, leastId(later(before))),
    sql`not (${open})`,
  )
  return inSteps(async () => {
    const pruned = await db
      .delete(deliveries)
      .where(and(someOf(these), sql`not (${open})`))
      .returning({ id: deliveries.id })
    return pruned.length
  })
}

/** The oldest of these, as many as one statement may change. */
function someOf(these: SQL | undefined): SQL {
  return sql`${deliveries.id} = any(array(
    select id from deliveries where ${these} order by id limit ${mostAtOnce}))`
}

/** Repeats `step` until it has changed fewer than it may at once; answers how many in all. */
async function inSteps(step: () => Promise<number>): Promise<number> {
  for (let all = 0; ; ) {
    const changed = await step()
    all += changed
    if (changed < mostAtOnce) return all
  }
}

/** All scheduled retries, not only those due, and when the next one is. */
export async function retryQueue({ db }: Store) {
  const [row] = resultRows<{ pending: number; next: number | null }>(
    await db.execute(sql`
      select count(*)::int as pending,
        (extract(epoch from min(due_at) filter (where claim_id is null)) * 1000)::float8 as next
      from deliveries where ${open} and status = 'retrying'`),
  )
  return { pendingRetries: row?.pending ?? 0, nextRetryTime: row?.next ?? null }
}
