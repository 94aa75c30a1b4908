import { and, eq, sql } from 'drizzle-orm'
import { type ClaimedDelivery, claimedColumns, toClaimed } from './claimed.ts'
import type { Store } from './database.ts'
import { newId } from './ids.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { deliveries, events, open } from './schema/index.ts'

export type { ClaimedDelivery } from './claimed.ts'

export interface Claim {
  readonly limit: number
  /** The most that one webhook gets which is neither in `places` nor says itself how many. */
  readonly perWebhook: number
  /** The most that certain webhooks get, by id: those of which this process holds some already. */
  readonly places?: ReadonlyMap<string, number>
  readonly leaseMs: number
}

/** What was claimed, and the revision of the webhooks it was claimed under. */
export interface Claimed {
  readonly deliveries: readonly ClaimedDelivery[]
  readonly revision: number
}

/** Webhooks that are owed something: one step of an index each, however much it is. */
const waiting = sql`
  waiting(webhook_id) as (
    (select webhook_id from deliveries where ${open} order by webhook_id limit 1)
    union all
    select (select d.webhook_id from deliveries d
            where ${open} and d.webhook_id > waiting.webhook_id order by d.webhook_id limit 1)
    from waiting where waiting.webhook_id is not null
  )`

/** Those that `throttle` are sent to in batches, and not one by one. */
const inBatches = sql`(w.enabled and w.settings->'throttle' is not null)`

/** What is under way to a webhook, over all replicas: asked only where that is limited. */
const busy = sql`(
  select count(*) from deliveries f
  where f.webhook_id = w.id and f.claim_id is not null and f.due_at > ${databaseNow})`

/**
 * Claims due deliveries: counts the attempt and takes a lease. The queue is walked webhook by
 * webhook, so that a million deliveries waiting for one do not hide those of another. One that is
 * failing gets nothing while it is deferred, then one request at a time, as a probe. One that says
 * `maxInFlight` gets no more than that over all replicas.
 */
export async function claimDeliveries(
  { db }: Store,
  { limit, perWebhook, places, leaseMs }: Claim,
): Promise<Claimed> {
  const claimId = newId()
  const known = [...(places ?? [])].map(([webhook_id, places]) => ({ webhook_id, places }))
  const offered = sql`coalesce(k.places, ${perWebhook})`
  const due = sql`
    with recursive ${waiting},
    k as materialized (select * from ${rows({ webhook_id: 'uuid', places: 'int' }, known)})
    select next.id from waiting
    join webhooks w on w.id = waiting.webhook_id
    left join webhook_health h on h.webhook_id = w.id
    left join k on k.webhook_id = w.id
    cross join lateral (
      select d.id, d.due_at from deliveries d
      where d.webhook_id = w.id and ${open} and d.due_at <= ${databaseNow}
      order by d.due_at
      limit greatest(0, least(${limit}::int, case
        when ${inBatches} or h.deferred_until > ${databaseNow} then 0
        when h.deferred_until is not null then 1 - ${busy}
        when w.settings->'maxInFlight' is not null
          then (w.settings->>'maxInFlight')::int - ${busy}
        else ${offered} end))
      for update of d skip locked
    ) next
    order by next.due_at limit ${limit}`
  const claimed = await db
    .update(deliveries)
    .set({
      claimId,
      attempts: sql`${deliveries.attempts} + 1`,
      dueAt: sql`${databaseNow} + ${leaseMs} * interval '1 millisecond'`,
    })
    .from(events)
    .where(and(eq(events.id, deliveries.eventId), sql`${deliveries.id} = any(array(${due}))`))
    .returning({
      ...claimedColumns,
      revision: sql<number>`(select value from revisions where name = 'webhooks')::float8`,
    })
  return {
    revision: claimed[0]?.revision ?? 0,
    deliveries: claimed
      .map((row) => toClaimed(row, claimId))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** A delivery and the claim it is held by. */
export type Held = Pick<ClaimedDelivery, 'id' | 'claimId'>

const heldRows = (held: readonly Held[]) =>
  rows(
    { id: 'uuid', claim_id: 'uuid' },
    held.map(({ id, claimId }) => ({ id, claim_id: claimId })),
  )

/** Renews the leases of what is still held. */
export async function renewLeases(
  { db }: Store,
  held: readonly Held[],
  leaseMs: number,
): Promise<void> {
  if (held.length === 0) return
  await db.execute(sql`
    with u as materialized (select * from ${heldRows(held)})
    update deliveries d set due_at = ${databaseNow} + ${leaseMs} * interval '1 millisecond'
    from u where d.id = any(array(select id from u)) and d.id = u.id and d.claim_id = u.claim_id`)
}

/** Gives back what was claimed and not attempted: due at once, and no attempt counted. */
export async function releaseDeliveries({ db }: Store, held: readonly Held[]): Promise<void> {
  if (held.length === 0) return
  await db.execute(sql`
    with u as materialized (select * from ${heldRows(held)})
    update deliveries d set claim_id = null, due_at = ${databaseNow}, attempts = d.attempts - 1
    from u where d.id = any(array(select id from u)) and d.id = u.id and d.claim_id = u.claim_id`)
}

/**
 * Milliseconds until a delivery may be sent, 0 where one is due; undefined where none is owed. Of a
 * webhook that is deferred, until it is probed. What goes out in batches is not counted.
 */
export async function nextDeliveryInMs({ db }: Store): Promise<number | undefined> {
  const [row] = resultRows<{ ms: number | null }>(
    await db.execute(sql`
      with recursive ${waiting}
      select extract(epoch from min(greatest(first.due_at, h.deferred_until)) - ${databaseNow})::float8
        * 1000 as ms
      from waiting
      join webhooks w on w.id = waiting.webhook_id and not ${inBatches}
      left join webhook_health h on h.webhook_id = waiting.webhook_id
      cross join lateral (
        select d.due_at from deliveries d
        where d.webhook_id = waiting.webhook_id and ${open} order by d.due_at limit 1
      ) first`),
  )
  return row?.ms == null ? undefined : Math.max(0, row.ms)
}
