import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { type ClaimedDelivery, claimedColumns, toClaimed } from './claimed.ts'
import type { Database, Store } from './database.ts'
import { newId } from './ids.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { batches, deliveries, events, open, webhooks } from './schema/index.ts'

/** A webhook that is sent to in batches. */
export interface BatchWish {
  readonly webhookId: string
  /** The most deliveries of one request. */
  readonly most: number
  /** How long the first delivery of a batch waits for others, in milliseconds. */
  readonly throttleMs: number
}

/** Deliveries of one webhook to be sent in one request, in the order they were queued. */
export interface ClaimedBatch {
  readonly id: string
  readonly webhookId: string
  readonly deliveries: readonly ClaimedDelivery[]
  /** What earlier attempts have sent. */
  readonly sent: StoredBatch | undefined
}

/** What a batch has sent. */
export type StoredBatch = typeof batches.$inferSelect

/** The given rows, and on each of them what decides when the next batch goes. */
const wished = (wishes: readonly BatchWish[]) =>
  rows(
    { webhook_id: 'uuid', most: 'int', throttle_ms: 'float8', batch_id: 'uuid' },
    wishes.map(({ webhookId, most, throttleMs }) => ({
      webhook_id: webhookId,
      most,
      throttle_ms: throttleMs,
      batch_id: newId(),
    })),
  )

const ofWebhook = (where: SQL) =>
  sql`from deliveries d where d.webhook_id = u.webhook_id and ${where}`
const fresh = sql`${open} and d.batch_id is null`
const isUnderWay = sql`d.claim_id is not null and d.due_at > ${databaseNow}`

/**
 * Milliseconds until each webhook may be sent its next batch, 0 or less where that is now; those that
 * are owed nothing are absent. A batch that is tried again goes before what has come since.
 */
export async function nextBatches(
  { db }: Store,
  wishes: readonly BatchWish[],
): Promise<Map<string, number>> {
  const found = await db.execute(sql`
    select u.webhook_id as id, extract(epoch from greatest(h.deferred_until, coalesce(
        (select max(d.due_at) ${ofWebhook(isUnderWay)}),
        (select max(d.due_at) ${ofWebhook(sql`d.batch_id is not null and ${open}`)}),
        (select min(d.due_at) ${ofWebhook(fresh)}) + u.throttle_ms * interval '1 millisecond'
      )) - ${databaseNow})::float8 * 1000 as ms
    from ${wished(wishes)} left join webhook_health h on h.webhook_id = u.webhook_id
    where exists (select 1 ${ofWebhook(open)})`)
  return new Map(resultRows<{ id: string; ms: number }>(found).map(({ id, ms }) => [id, ms]))
}

/**
 * Claims the next batch of each webhook that is ready: what is to be tried again, else what has come
 * since, the oldest first. One batch of a webhook is under way at a time, over all replicas.
 */
export async function claimBatches(
  { db }: Store,
  wishes: readonly BatchWish[],
  leaseMs: number,
): Promise<ClaimedBatch[]> {
  return db.transaction(async (tx) => {
    const ids = wishes.map(({ webhookId }) => webhookId)
    // Who holds the row claims; what others have claimed before is seen by the next statement.
    const held = await tx
      .select({ id: webhooks.id })
      .from(webhooks)
      .where(and(inArray(webhooks.id, ids), eq(webhooks.enabled, true)))
      .orderBy(webhooks.id)
      .for('no key update', { skipLocked: true })
    const own = new Set(held.map(({ id }) => id))
    const claimed = await claim(
      tx,
      wishes.filter(({ webhookId }) => own.has(webhookId)),
      leaseMs,
    )
    const sent = await sentBefore(tx, [...claimed.keys()])
    return [...claimed].flatMap(([id, these]) => {
      const [first] = these
      return first === undefined
        ? []
        : [{ id, webhookId: first.webhookId, deliveries: these, sent: sent.get(id) }]
    })
  })
}

async function claim(
  db: Database,
  wishes: readonly BatchWish[],
  leaseMs: number,
): Promise<Map<string, ClaimedDelivery[]>> {
  if (wishes.length === 0) return new Map()
  const due = await db.execute(sql`
    with u as materialized (select * from ${wished(wishes)}),
    standing as materialized (
      select d.id, d.webhook_id, d.batch_id, d.due_at from u
      join deliveries d on d.webhook_id = u.webhook_id
      where d.batch_id is not null and ${open}),
    gathered as materialized (
      select next.id, u.batch_id from u cross join lateral (
        select d.id ${ofWebhook(fresh)} order by d.due_at, d.id limit u.most
        for update of d skip locked) next
      where not exists (select 1 from standing where standing.webhook_id = u.webhook_id)
        and not exists (select 1 ${ofWebhook(isUnderWay)})
        and (select min(d.due_at) ${ofWebhook(fresh)})
          + u.throttle_ms * interval '1 millisecond' <= ${databaseNow})
    select id, batch_id as "batchId" from gathered
    union all
    select s.id, s.batch_id from standing s where not exists (
      select 1 from standing other
      where other.webhook_id = s.webhook_id and other.due_at > ${databaseNow})`)
  const chosen = resultRows<{ id: string; batchId: string }>(due)
  const batchOf = new Map(chosen.map(({ id, batchId }) => [id, batchId]))
  if (chosen.length === 0) return new Map()
  const claimId = newId()
  const claimed = await db
    .update(deliveries)
    .set({
      claimId,
      batchId: sql`u.batch_id`,
      // What goes out is the batch's.
      body: null,
      shape: null,
      attempts: sql`${deliveries.attempts} + 1`,
      dueAt: sql`${databaseNow} + ${leaseMs} * interval '1 millisecond'`,
    })
    .from(events)
    .innerJoin(
      rows(
        { id: 'uuid', batch_id: 'uuid' },
        chosen.map(({ id, batchId }) => ({ id, batch_id: batchId })),
      ),
      sql`true`,
    )
    .where(
      and(
        inArray(deliveries.id, [...batchOf.keys()]),
        eq(events.id, deliveries.eventId),
        sql`${deliveries.id} = u.id`,
      ),
    )
    .returning(claimedColumns)
  const grouped = new Map<string, ClaimedDelivery[]>()
  for (const row of claimed.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const batchId = batchOf.get(row.id)
    if (batchId === undefined) continue
    grouped.set(batchId, [...(grouped.get(batchId) ?? []), toClaimed(row, claimId)])
  }
  return grouped
}

async function sentBefore(db: Database, ids: readonly string[]): Promise<Map<string, StoredBatch>> {
  if (ids.length === 0) return new Map()
  const found = await db
    .select()
    .from(batches)
    .where(inArray(batches.id, [...ids]))
  return new Map(found.map((batch) => [batch.id, batch]))
}

/** Keeps what a batch is about to send, so that it can be sent again to the byte. */
export async function storeBatch({ db }: Store, batch: StoredBatch): Promise<void> {
  const { body, shape } = batch
  await db
    .insert(batches)
    .values(batch)
    .onConflictDoUpdate({ target: batches.id, set: { body, shape } })
}
