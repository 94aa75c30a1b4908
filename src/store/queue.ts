import { and, eq, sql } from 'drizzle-orm'
import { type ClaimedDelivery, claimedColumns, toClaimed } from './claimed.ts'
import type { Database, Store } from './database.ts'
import { newId } from './ids.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { deliveries, events, open } from './schema/index.ts'
import { holdLimited, inBatches, type Limited, type Shares, turns, waiting } from './turns.ts'

export type { ClaimedDelivery } from './claimed.ts'

export interface Claim extends Shares {
  readonly leaseMs: number
  /** Webhooks that may say `maxInFlight`: one that is left out and does gets nothing. */
  readonly limited?: readonly string[]
}

/** What was claimed, and the revision of the webhooks it was claimed under. */
export interface Claimed {
  readonly deliveries: readonly ClaimedDelivery[]
  readonly revision: number
  /** Whether another worker was just claiming for a webhook that is limited. */
  readonly missed: boolean
}

/**
 * Claims due deliveries: counts the attempt and takes a lease. The queue is walked webhook by
 * webhook, so that a million deliveries waiting for one do not hide those of another. One that is
 * failing gets nothing while it is deferred, then one request at a time, as a probe. One that says
 * `maxInFlight` gets no more than that over all replicas.
 */
export async function claimDeliveries(
  { db }: Store,
  { limited = [], ...claim }: Claim,
): Promise<Claimed> {
  if (limited.length === 0) return take(db, claim, { own: [], missed: false })
  // What others have claimed under such a row before is seen by the next statement.
  return db.transaction(async (tx) => take(tx, claim, await holdLimited(tx, limited)))
}

async function take(
  db: Database,
  { leaseMs, ...shares }: Claim,
  { own, missed }: Limited,
): Promise<Claimed> {
  const claimId = newId()
  const claimed = await db
    .update(deliveries)
    .set({
      claimId,
      attempts: sql`${deliveries.attempts} + 1`,
      dueAt: sql`${databaseNow} + ${leaseMs} * interval '1 millisecond'`,
    })
    .from(events)
    .where(
      and(
        eq(events.id, deliveries.eventId),
        sql`${deliveries.id} = any(array(${turns(shares, own)}))`,
      ),
    )
    .returning({
      ...claimedColumns,
      revision: sql<number>`(select value from revisions where name = 'webhooks')::float8`,
    })
  return {
    revision: claimed[0]?.revision ?? 0,
    missed,
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
