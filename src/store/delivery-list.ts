import { type SQL, sql } from 'drizzle-orm'
import type { RetryPolicy } from '../rules/retry.ts'
import type { Store } from './database.ts'
import { isId, leastId } from './ids.ts'
import { resultRows } from './rows.ts'
import { answeredWith, type DeliveryStatus, givenUp, notAccepted, open } from './schema/index.ts'

/** How the receiver answered last, by the first digit of the status; 0 for no answer at all. */
export type AnswerClass = 0 | 2 | 3 | 4 | 5

/** Which deliveries of all webhooks to list. */
export interface DeliveriesWanted {
  readonly status?: DeliveryStatus | 'given_up' | undefined
  /** Of one of these. */
  readonly webhooks?: readonly string[] | undefined
  /** About one of these. */
  readonly instances?: readonly string[] | undefined
  readonly event?: string | undefined
  readonly answer?: AnswerClass | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  readonly limit: number
  /** Those older than this id. */
  readonly before?: string | undefined
}

/** A delivery in a list, with what it is about. */
export interface DeliveryRow {
  readonly id: string
  readonly webhookId: string
  readonly webhook: string
  readonly retryPolicy: RetryPolicy
  readonly eventType: string
  /** Name of the instance, or its address; null where the event is about none. */
  readonly instance: string | null
  readonly instanceId: string | null
  readonly status: DeliveryStatus
  readonly statusCode: number | null
  readonly attempts: number
  /** Those that the present budget of retries does not count. */
  readonly attemptsBefore: number
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
  return resultRows(
    await db.execute(sql`
      select d.id, d.webhook_id as "webhookId", w.name as webhook,
        w.settings->'retryPolicy' as "retryPolicy", d.event_type as "eventType",
        coalesce(i.name, e.host || ':' || e.port) as instance, i.id as "instanceId", d.status,
        d.status_code as "statusCode", d.attempts,
        d.attempts_before as "attemptsBefore", d.duration_ms as "durationMs", d.error,
        (extract(epoch from d.created_at) * 1000)::float8 as "createdAt",
        case when d.status = 'retrying' and d.claim_id is null
          then (extract(epoch from d.due_at) * 1000)::float8 end as "nextRetryAt"
      from (${chosen(wanted)}) d
      join webhooks w on w.id = d.webhook_id
      join events e on e.id = d.event_id
      left join instances i on i.id = e.instance_id
      order by d.id desc`),
  )
}

function chosen(wanted: DeliveriesWanted): SQL {
  const these = conditions(wanted)
  const { webhooks, limit } = wanted
  if (webhooks === undefined) {
    const all = sql`(select * from deliveries where ${these} order by id desc limit ${limit})`
    return isOwed(wanted) ? fewOr(wanted, these, all) : all
  }
  // Each along the index of that webhook's history, which has no order for several.
  const each = webhooks.map(
    (id) => sql`(select * from deliveries where webhook_id = ${literal(id)} and ${these}
      order by id desc limit ${limit})`,
  )
  if (each.length === 0) return sql`select * from deliveries where false`
  return sql`select * from (${sql.join(each, sql` union all `)}) o order by id desc limit ${limit}`
}

const isOwed = ({ status }: DeliveriesWanted) => status === 'pending' || status === 'retrying'

/** As many of what is owed are looked through; of more, the newest are soon found among all. */
const few = 5000

/**
 * What is owed is mostly little among much, and no index has it by age: all of it is looked through,
 * where it is little. The planner would rather go through the history.
 */
function fewOr({ status = 'pending', limit }: DeliveriesWanted, these: SQL, all: SQL): SQL {
  const isFew = sql`(select count(*) from owed) <= ${few}`
  return sql`
    with owed as materialized (
      select id from deliveries where ${open} and status = ${literal(status)} limit ${few + 1})
    select * from (
      (select * from deliveries where ${isFew} and id in (select id from owed) and ${these}
        order by id desc limit ${limit})
      union all (select * from ${all} a where not ${isFew})
    ) o order by id desc limit ${limit}`
}

function conditions(wanted: DeliveriesWanted): SQL {
  const { status, instances, event, answer, since, until, before } = wanted
  const all = [
    status === 'given_up' ? givenUp : status && sql`status = ${literal(status)}`,
    // Said as the partial index says it.
    status === 'dead_letter' || status === 'failed' ? givenUp : undefined,
    // Through the events, whose indexes know both: a type or a place may be one in a million.
    event && (isFew(wanted) ? sql`event_type = ${literal(event)}` : ofType(event)),
    instances &&
      sql`event_id in (select id from events where instance_id in (${sql.join(
        [sql`null`, ...instances.map(literal)],
        sql`, `,
      )}))`,
    answer === 2 ? sql`status = 'success'` : undefined,
    answer !== undefined && answer !== 2
      ? sql`${notAccepted} and ${answeredWith} = ${sql.raw(String(answer))}`
      : undefined,
    since && sql`id >= ${leastId(since)}`,
    until && sql`id < ${leastId(until)}`,
    before && sql`id < ${before}`,
  ]
  return sql.join(
    [sql`true`, ...all.filter((one) => one !== undefined && one !== '')] as SQL[],
    sql` and `,
  )
}

const ofType = (event: string) =>
  sql`event_id in (select id from events where type = ${literal(event)})`

/** Whether an index knows these already, and they are not most of all. */
function isFew({ status, answer }: DeliveriesWanted): boolean {
  return (status !== undefined && status !== 'success') || (answer !== undefined && answer !== 2)
}

/**
 * An id or a name of ours as it is: how to look depends on how much there is of just this one, and a
 * statement that is prepared for all of them does not know.
 */
function literal(text: string): SQL {
  return isId(text) || /^[a-z0-9_.-]+$/.test(text) ? sql.raw(`'${text}'`) : sql`${text}`
}
