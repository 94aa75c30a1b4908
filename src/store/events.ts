import { and, desc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { isId } from './ids.ts'
import { resultRows, rows, storedText } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { type DeliveryStatus, events, idempotencyKeys, webhooks } from './schema/index.ts'

/** What happened. */
export type Event = typeof events.$inferSelect
export type NewEvent = Omit<Event, 'createdAt'>

/** One event owed to one webhook. `data` only where it differs from the event's. */
export interface NewDelivery {
  readonly id: string
  readonly eventId: string
  readonly webhookId: string
  readonly eventType: string
  readonly data: string | null
}

/**
 * Of these webhooks, those that are there and enabled, held until the transaction ends: none of
 * them can go between the look at it and the delivery that refers to it.
 */
export async function holdWebhooks(db: Database, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const held = await db
    .select({ id: webhooks.id })
    .from(webhooks)
    .where(
      sql`${webhooks.id} in (select u.id from ${rows(
        { id: 'uuid' },
        ids.map((id) => ({ id })),
      )}) and ${webhooks.enabled}`,
    )
    .for('key share')
  return new Set(held.map(({ id }) => id))
}

/** Stores events and the deliveries they are owed by, in the caller's transaction. */
export async function enqueue(
  db: Database,
  happened: readonly NewEvent[],
  owed: readonly NewDelivery[],
): Promise<void> {
  if (happened.length > 0)
    await db
      .insert(events)
      .values(happened.map((event) => ({ ...event, subject: storedText(event.subject) })))
  if (owed.length > 0)
    await db.execute(sql`
      insert into deliveries (id, event_id, webhook_id, event_type, data)
      select u.id, u.event_id, u.webhook_id, u.event_type, u.data from ${rows(
        { id: 'uuid', event_id: 'uuid', webhook_id: 'uuid', event_type: 'text', data: 'text' },
        owed.map((delivery) => ({
          id: delivery.id,
          event_id: delivery.eventId,
          webhook_id: delivery.webhookId,
          event_type: delivery.eventType,
          data: delivery.data,
        })),
      )}`)
}

export interface EventFilter {
  readonly type?: string | undefined
  readonly instance?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
}

/** Newest first, those older than `before`. */
export async function listEvents(
  { db }: Store,
  { type, instance, since, until }: EventFilter,
  page: { limit: number; before?: string | undefined },
): Promise<Event[]> {
  if (instance !== undefined && !isId(instance)) return []
  return db
    .select()
    .from(events)
    .where(
      and(
        type === undefined ? undefined : eq(events.type, type),
        instance === undefined ? undefined : eq(events.instanceId, instance),
        since && gte(events.occurredAt, since),
        until && lte(events.occurredAt, until),
        page.before === undefined ? undefined : lt(events.id, page.before),
      ),
    )
    .orderBy(desc(events.id))
    .limit(page.limit)
}

export async function findEvent({ db }: Store, id: string): Promise<Event | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.select().from(events).where(eq(events.id, id))
  return row
}

/** How a delivery of an event fares. */
export interface EventDelivery {
  readonly id: string
  readonly eventId: string
  readonly webhookId: string
  readonly status: DeliveryStatus
}

/** The deliveries of these events, at most a thousand of each. */
export async function deliveriesOf(
  { db }: Store,
  eventIds: readonly string[],
): Promise<EventDelivery[]> {
  if (eventIds.length === 0) return []
  const u = rows(
    { id: 'uuid' },
    eventIds.map((id) => ({ id })),
  )
  const found = await db.execute(sql`
    select owed.id, u.id as "eventId", owed.webhook_id as "webhookId", owed.status
    from ${u} cross join lateral (
      select d.id, d.webhook_id, d.status from deliveries d
      where d.event_id = u.id order by d.id limit 1000
    ) owed
    order by owed.id`)
  return resultRows(found)
}

/** How long an `Idempotency-Key` is remembered. */
const remembered = sql`interval '24 hours'`

/**
 * Takes an `Idempotency-Key` in the caller's transaction; false where it is taken already. A second
 * request under the same key waits here until the first has committed.
 */
export async function takeKey(
  db: Database,
  { key, fingerprint }: { key: string; fingerprint: string },
): Promise<boolean> {
  await db
    .delete(idempotencyKeys)
    .where(sql`${idempotencyKeys.createdAt} < ${databaseNow} - ${remembered}`)
  const taken = await db
    .insert(idempotencyKeys)
    .values({ key, fingerprint, answer: '' })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  return taken.length > 0
}

/** Stores the answer under a key taken in the same transaction. */
export async function answerKey(db: Database, key: string, answer: string): Promise<void> {
  await db.update(idempotencyKeys).set({ answer }).where(eq(idempotencyKeys.key, key))
}

/** The answer given to that `Idempotency-Key` within the last day. */
export async function findKey({ db }: Store, key: string) {
  const [row] = await db
    .select()
    .from(idempotencyKeys)
    .where(
      sql`${idempotencyKeys.key} = ${key} and ${idempotencyKeys.createdAt} >= ${databaseNow} - ${remembered}`,
    )
  return row
}
