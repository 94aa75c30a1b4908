import { type SQL, sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { open } from './schema/index.ts'

/** How much each webhook may get of one claim. */
export interface Shares {
  readonly limit: number
  /** The most that one webhook gets which is neither in `places` nor says itself how many. */
  readonly perWebhook: number
  /** The most that certain webhooks get, by id: those of which this process holds some already. */
  readonly places?: ReadonlyMap<string, number>
  /** How many of those it has still to send: who has least comes first. */
  readonly held?: ReadonlyMap<string, number>
}

/** Webhooks that are owed something: one step of an index each, however much it is. */
export const waiting = sql`
  waiting(webhook_id) as (
    (select webhook_id from deliveries where ${open} order by webhook_id limit 1)
    union all
    select (select d.webhook_id from deliveries d
            where ${open} and d.webhook_id > waiting.webhook_id order by d.webhook_id limit 1)
    from waiting where waiting.webhook_id is not null
  )`

/** Those that `throttle` are sent to in batches, and not one by one. */
export const inBatches = sql`(w.enabled and w.settings->'throttle' is not null)`

/** What is under way to a webhook, over all replicas: asked only where that is limited. */
const busy = sql`(
  select count(*) from deliveries f
  where f.webhook_id = w.id and f.claim_id is not null and f.due_at > ${databaseNow})`

/** Asked of the clock once, and so a bound of an index: a row that is due later is not looked at. */
export const due = sql`d.due_at <= (select ${databaseNow})`

/** Webhooks with `maxInFlight` that are owed something now. */
export interface Limited {
  /** Whose rows are held: who does so may count what is under way, and claim. */
  readonly own: readonly string[]
  /** Whether another worker is just claiming for one. */
  readonly missed: boolean
}

export async function holdLimited(db: Database, ids: readonly string[]): Promise<Limited> {
  const limited = rows(
    { id: 'uuid' },
    ids.map((id) => ({ id })),
  )
  const owed = resultRows<{ id: string; held: boolean }>(
    await db.execute(sql`
      with owed as materialized (
        select u.id from ${limited}
        where exists (select 1 from deliveries d where d.webhook_id = u.id and ${open} and ${due})),
      held as materialized (
        select w.id from webhooks w where w.id in (select id from owed) order by w.id
        for no key update of w skip locked)
      select owed.id, held.id is not null as held from owed left join held on held.id = owed.id`),
  )
  const own = owed.flatMap(({ id, held }) => (held ? id : []))
  return { own, missed: own.length < owed.length }
}

/**
 * The ids of the deliveries to claim, locked. Webhooks take turns, so that what waits for many does
 * not delay one that is owed little: the first of each goes before the second of any, and where there
 * are more webhooks than that, any may be next. One that says `maxInFlight` gets something only where it
 * is in `own`.
 */
export function turns({ limit, perWebhook, places, held }: Shares, own: readonly string[]): SQL {
  const known = [...(places ?? [])].map(([webhook_id, places]) => ({
    webhook_id,
    places,
    held: held?.get(webhook_id) ?? 0,
  }))
  const limited = own.map((id) => ({ id }))
  return sql`
    with recursive ${waiting},
    k as materialized (
      select * from ${rows({ webhook_id: 'uuid', places: 'int', held: 'int' }, known)}),
    own as materialized (select * from ${rows({ id: 'uuid' }, limited)}),
    offers as materialized (
      select w.id, coalesce(k.held, 0) as held, greatest(0, least(${limit}::int, case
        when ${inBatches} or h.deferred_until > ${databaseNow} then 0
        when h.deferred_until is not null then 1 - ${busy}
        when w.settings->'maxInFlight' is not null then case when w.id in (select id from own)
          then (w.settings->>'maxInFlight')::int - ${busy} else 0 end
        else coalesce(k.places, ${perWebhook}) end)) as places
      from waiting
      join webhooks w on w.id = waiting.webhook_id
      left join webhook_health h on h.webhook_id = w.id
      left join k on k.webhook_id = w.id),
    shares as materialized (
      select id, count(*) as share from (
        select o.id from offers o cross join lateral (
          select d.due_at from deliveries d
          where d.webhook_id = o.id and ${open} and ${due} order by d.due_at limit o.places) d
        order by o.held + row_number() over (partition by o.id order by d.due_at), random()
        limit ${limit}) first
      group by id)
    select next.id from shares s cross join lateral (
      select d.id from deliveries d where d.webhook_id = s.id and ${open} and ${due}
      order by d.due_at limit s.share for update of d skip locked) next`
}
