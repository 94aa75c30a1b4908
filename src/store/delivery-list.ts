import { type SQL, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId, leastId } from './ids.ts'
import { resultRows } from './rows.ts'
import { type DeliveryStatus, givenUp } from './schema/index.ts'

/** Which deliveries of all webhooks to list. */
export interface DeliveriesWanted {
  readonly status?: DeliveryStatus | 'given_up' | undefined
  readonly webhook?: string | undefined
  readonly event?: string | undefined
  readonly since?: Date | undefined
  readonly limit: number
  /** Those older than this id. */
  readonly before?: string | undefined
}

/** A delivery in a list, with what it is about. */
export interface DeliveryRow {
  readonly id: string
  readonly webhookId: string
  readonly webhook: string
  readonly eventType: string
  /** Name of the instance, or its address; null where the event is about none. */
  readonly instance: string | null
  readonly status: DeliveryStatus
  readonly statusCode: number | null
  readonly attempts: number
  readonly durationMs: number | null
  readonly error: string | null
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** While a retry is ahead. */
  readonly nextRetryAt: number | null
}

/** Newest first. */
export async function listAllDeliveries(
  { db }: Store,
  wanted: DeliveriesWanted,
): Promise<DeliveryRow[]> {
  if (wanted.webhook !== undefined && !isId(wanted.webhook)) return []
  // As the index of a webhook's history says it: in another order it would be of no use.
  const ofWebhook = wanted.webhook === undefined ? sql`` : sql`nulls last`
  return resultRows(
    await db.execute(sql`
      select d.id, d.webhook_id as "webhookId", w.name as webhook, d.event_type as "eventType",
        coalesce(i.name, e.host || ':' || e.port) as instance, d.status,
        d.status_code as "statusCode", d.attempts, d.duration_ms as "durationMs", d.error,
        (extract(epoch from d.created_at) * 1000)::float8 as "createdAt",
        case when d.status = 'retrying' and d.claim_id is null
          then (extract(epoch from d.due_at) * 1000)::float8 end as "nextRetryAt"
      from (select * from deliveries where ${conditions(wanted)}
        order by id desc ${ofWebhook} limit ${wanted.limit}) d
      join webhooks w on w.id = d.webhook_id
      join events e on e.id = d.event_id
      left join instances i on i.id = e.instance_id
      order by d.id desc`),
  )
}

function conditions({ status, webhook, event, since, before }: DeliveriesWanted): SQL {
  const all = [
    status === 'given_up' ? givenUp : status && sql`status = ${status}`,
    // Said as the partial index says it.
    status === 'dead_letter' || status === 'failed' ? givenUp : undefined,
    webhook && sql`webhook_id = ${webhook}`,
    event && sql`event_type = ${event}`,
    since && sql`id >= ${leastId(since)}`,
    before && sql`id < ${before}`,
  ]
  return sql.join(
    [sql`true`, ...all.filter((one) => one !== undefined && one !== '')] as SQL[],
    sql` and `,
  )
}
