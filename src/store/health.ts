import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'

/** What a batch of attempts says about one webhook. */
export interface HealthTally {
  readonly webhookId: string
  /** Whether one of them succeeded: then nothing before it counts. */
  readonly succeeded: boolean
  readonly failures: number
  /** Deliveries whose first attempt has failed. */
  readonly deliveries: number
}

/** What has changed for a webhook. */
export interface HealthChange {
  readonly webhookId: string
  /** `deferred`: it has failed for so long that it is only probed; `recovered`; `hopeless`: give it up. */
  readonly change: 'deferred' | 'recovered' | 'hopeless'
  readonly failures: number
  /** When the first of the failures was, epoch milliseconds. */
  readonly since: number
}

/**
 * When a webhook counts as failing: so many failures in a row, over so many deliveries, for so long.
 * Well beyond what the retries of a few deliveries make by themselves.
 */
const failing = { failures: 20, deliveries: 10, ms: 30_000 }
/** The first deferral; each failed probe doubles it, up to five minutes. */
const deferralMs = { first: 10_000, most: 300_000 }
/** Without one success for so long a webhook is switched off (as Svix does: five days). */
const hopelessAfter = sql`interval '120 hours'`

/** Records how attempts went; answers the webhooks for which that changes something. */
export async function recordHealth(
  db: Database,
  tallies: readonly HealthTally[],
): Promise<HealthChange[]> {
  const recovered = await recover(
    db,
    tallies.filter(({ succeeded }) => succeeded),
  )
  const failed = await fail(
    db,
    tallies.filter(({ succeeded, failures }) => !succeeded && failures > 0),
  )
  return [...recovered, ...failed]
}

const columns = { webhook_id: 'uuid', failures: 'int', deliveries: 'int' }
const values = ({ webhookId, failures, deliveries }: HealthTally) => ({
  webhook_id: webhookId,
  failures,
  deliveries,
})
const epoch = sql`(extract(epoch from since) * 1000)::float8`

async function recover(db: Database, tallies: readonly HealthTally[]): Promise<HealthChange[]> {
  if (tallies.length === 0) return []
  const gone = await db.execute(sql`
    delete from webhook_health h using ${rows(columns, tallies.map(values))}
    where h.webhook_id = u.webhook_id
    returning h.webhook_id as "webhookId", 'recovered' as change, h.failures, h.trips,
      ${epoch} as since`)
  return resultRows<HealthChange & { trips: number }>(gone).filter(({ trips }) => trips > 0)
}

async function fail(db: Database, tallies: readonly HealthTally[]): Promise<HealthChange[]> {
  if (tallies.length === 0) return []
  const trips = sql`(
    (webhook_health.deferred_until is null or webhook_health.deferred_until <= ${databaseNow})
    and webhook_health.failures + excluded.failures >= ${failing.failures}
    and webhook_health.deliveries + excluded.deliveries >= ${failing.deliveries}
    and webhook_health.since <= ${databaseNow} - ${failing.ms} * interval '1 millisecond')`
  const u = rows(columns, tallies.map(values))
  // Held until the end of the transaction: of two replicas only one sees the webhook trip.
  const before = await db.execute(sql`
    select webhook_id as id from webhook_health
    where trips = 0 and webhook_id in (select u.webhook_id from ${u})
    order by webhook_id for update`)
  const sound = new Set(resultRows<{ id: string }>(before).map(({ id }) => id))
  const changed = await db.execute(sql`
    insert into webhook_health (webhook_id, failures, deliveries)
    select u.webhook_id, u.failures, u.deliveries from ${u} order by u.webhook_id
    on conflict (webhook_id) do update set
      failures = webhook_health.failures + excluded.failures,
      deliveries = webhook_health.deliveries + excluded.deliveries,
      trips = webhook_health.trips + case when ${trips} then 1 else 0 end,
      deferred_until = case when ${trips}
        then ${databaseNow} + interval '1 millisecond' * least(${deferralMs.most},
          ${deferralMs.first} * power(2, least(webhook_health.trips, 10)))
        else webhook_health.deferred_until end
    returning webhook_id as "webhookId", failures, trips, ${epoch} as since,
      since < ${databaseNow} - ${hopelessAfter} as hopeless`)
  return resultRows<HealthChange & { trips: number; hopeless: boolean }>(changed).flatMap(
    ({ trips, hopeless, ...change }): HealthChange[] => {
      if (hopeless) return [{ ...change, change: 'hopeless' }]
      return trips === 1 && sound.has(change.webhookId) ? [{ ...change, change: 'deferred' }] : []
    },
  )
}

/**
 * Whoever switches on again what is off in that version means it to be tried: how it failed before no
 * longer counts.
 */
export async function forgetFailures(
  db: Database,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<void> {
  await db.execute(sql`
    delete from webhook_health h using webhooks w
    where h.webhook_id = w.id and w.id = ${id} and w.version = ${version} and not w.enabled`)
}
