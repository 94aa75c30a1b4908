import { and, desc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { resultRows, rows } from './rows.ts'
import { type DeliveryStatus, events } from './schema/index.ts'

/** What happened. */
export type Event = typeof events.$inferSelect

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
