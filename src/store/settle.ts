import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import type { DeliveryStatus } from './schema/index.ts'

/** What became of one attempt. */
export interface Settled {
  readonly id: string
  readonly claimId: string
  readonly status: DeliveryStatus
  /** With `retrying`: when to attempt next, from now. */
  readonly retryInMs: number | null
  /** Null where it is the one that is stored. */
  readonly body: string | null
  readonly shape: string | null
  readonly attempt: number
  /** Whether the retries left are as many as before it. */
  readonly unspent: boolean
  /** Null where no request was made, for instance to a webhook that is gone. */
  readonly startedAt: Date | null
  readonly durationMs: number
  readonly requestHeaders: string | null
  readonly statusCode: number | null
  readonly responseHeaders: string | null
  readonly responseBody: string | null
  readonly errorClass: string | null
  readonly error: string | null
}

/** What a {@link Settled} has, as it has it: it goes to the database without being written anew. */
const columns: Readonly<Record<keyof Settled, string>> = {
  id: 'uuid',
  claimId: 'uuid',
  status: 'text',
  retryInMs: 'float8',
  body: 'text',
  shape: 'text',
  attempt: 'int',
  unspent: 'boolean',
  startedAt: 'timestamptz',
  // The clock of a runtime may have fractions.
  durationMs: 'float8',
  requestHeaders: 'text',
  statusCode: 'int',
  responseHeaders: 'text',
  responseBody: 'text',
  errorClass: 'text',
  error: 'text',
}

/**
 * Ends attempts and records them, in one statement. A delivery whose claim has passed to another
 * worker is left alone. Answers the ids of those that were still their own.
 */
export async function settleDeliveries(
  { db }: { db: Database },
  settled: readonly Settled[],
): Promise<Set<string>> {
  const u = rows(columns, settled)
  const result = await db.execute(sql`
    with u as materialized (select * from ${u}),
    settled as (
      update deliveries d set
        status = u.status,
        claim_id = null,
        due_at = ${databaseNow} + coalesce(u."retryInMs", 0) * interval '1 millisecond',
        completed_at = case when u.status = 'retrying' then null else ${databaseNow} end,
        body = coalesce(u.body, d.body),
        shape = coalesce(u.shape, d.shape),
        attempts = u.attempt,
        attempts_before = d.attempts_before + u.unspent::int,
        status_code = u."statusCode",
        response_body = u."responseBody",
        duration_ms = u."durationMs"::int,
        error = u.error
      from u
      -- The array sends the planner to the index however many rows it expects of "u".
      where d.id = any(array(select id from u)) and d.id = u.id and d.claim_id = u."claimId"
      returning d.id, d.webhook_id, d.status
    ),
    recorded as (
      insert into attempts (delivery_id, number, started_at, duration_ms, request_headers,
        status_code, response_headers, response_body, error_class, error)
      select u.id, u.attempt, u."startedAt", u."durationMs"::int, u."requestHeaders",
        u."statusCode", u."responseHeaders", u."responseBody", u."errorClass", u.error
      from u join settled on settled.id = u.id where u."startedAt" is not null
    ),
    -- In one order everywhere, so that two never wait for each other.
    counted as (
      insert into delivery_hours (webhook_id, hour, succeeded, failed)
      select webhook_id, date_trunc('hour', clock_timestamp(), 'UTC'),
        count(*) filter (where status = 'success'), count(*) filter (where status <> 'success')
      from settled where status <> 'retrying' group by webhook_id order by webhook_id
      on conflict (hour, webhook_id) do update set
        succeeded = delivery_hours.succeeded + excluded.succeeded,
        failed = delivery_hours.failed + excluded.failed
    )
    select id from settled`)
  return new Set(resultRows<{ id: string }>(result).map(({ id }) => id))
}
