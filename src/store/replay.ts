import { and, eq, gt, gte, inArray, lt, lte, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { leastId } from './ids.ts'
import type { NewDelivery } from './outbox.ts'
import { resultRows, rows } from './rows.ts'
import { deliveries, events, instances, open, webhooks } from './schema/index.ts'

/** Which stored events. */
export interface PastEvents {
  readonly types: readonly string[]
  readonly since: Date
  readonly until: Date
}

/** An event that is recorded this long after it happened, and no longer: how long a look may take. */
const recordedWithinMs = 600_000

/**
 * Events that have fired, oldest first, those after `after`: each with the labels of its instance,
 * and what became of it for that webhook. `ownData` is what the webhook got, where it differs.
 */
export async function pastEvents(
  { db }: Store,
  webhookId: string,
  { types, since, until }: PastEvents,
  page: { limit: number; after?: string | undefined },
) {
  const told = db
    .select({
      id: deliveries.id,
      data: deliveries.data,
      isOwed: sql<boolean>`bool_or(${open}) over ()`.as('is_owed'),
    })
    .from(deliveries)
    .where(and(eq(deliveries.eventId, events.id), eq(deliveries.webhookId, webhookId)))
    .orderBy(sql`${deliveries.id} desc`)
    .limit(1)
    .as('told')
  return db
    .select({
      id: events.id,
      type: events.type,
      instanceId: events.instanceId,
      subject: events.subject,
      data: events.data,
      occurredAt: events.occurredAt,
      labels: instances.labels,
      wasTold: sql<boolean>`${told.id} is not null`,
      isOwed: sql<boolean>`coalesce(${told.isOwed}, false)`,
      ownData: told.data,
    })
    .from(events)
    .leftJoin(instances, eq(instances.id, events.instanceId))
    .leftJoinLateral(told, sql`true`)
    .where(
      and(
        events.fired,
        inArray(events.type, [...types]),
        gte(events.occurredAt, since),
        lte(events.occurredAt, until),
        page.after === undefined ? gte(events.id, leastId(since)) : gt(events.id, page.after),
        lt(events.id, leastId(new Date(until.getTime() + recordedWithinMs))),
      ),
    )
    .orderBy(events.id)
    .limit(page.limit)
}
export type PastEvent = Awaited<ReturnType<typeof pastEvents>>[number]

/**
 * Owes events again to one webhook, in their order: those that are still there and not owed to it
 * already. None where it is gone or disabled. `by` is the request that asks. Answers how many are.
 */
export async function enqueueAgain(
  { db }: Store,
  webhookId: string,
  again: readonly NewDelivery[],
  by?: string,
): Promise<number> {
  if (again.length === 0) return 0
  return db.transaction(async (tx) => {
    // Two replays at once: the second sees what the first has queued.
    const live = await tx
      .select({ id: webhooks.id })
      .from(webhooks)
      .where(and(eq(webhooks.id, webhookId), eq(webhooks.enabled, true)))
      .for('no key update')
    if (live.length === 0) return 0
    const queued = await tx.execute(sql`
      insert into deliveries (id, event_id, webhook_id, event_type, data, queued_by)
      select u.id, e.id, ${webhookId}, e.type, u.data, ${by ?? null}::text
      from ${rows(
        { id: 'uuid', event_id: 'uuid', data: 'text' },
        again.map(({ id, eventId, data }) => ({ id, event_id: eventId, data })),
      )} join events e on e.id = u.event_id
      where not exists (
        select 1 from deliveries d
        where d.event_id = e.id and d.webhook_id = ${webhookId} and ${open})
      order by u.id for key share of e
      returning id`)
    return resultRows(queued).length
  })
}
