import { sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { createRecent, type Recent } from './recent.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import type { SampleValues } from './schema/index.ts'

/** What was read of an instance in one minute. */
export interface Sample {
  readonly instanceId: string
  readonly at: Date
  readonly values: SampleValues
}

/** Takes samples down; another replica may have been there first. */
export async function addSamples(db: Database, taken: readonly Sample[]): Promise<void> {
  if (taken.length === 0) return
  const u = rows(
    { instance_id: 'uuid', at: 'timestamptz', values: 'jsonb' },
    taken.map(({ instanceId, at, values }) => ({
      instance_id: instanceId,
      at: at.toISOString(),
      values,
    })),
  )
  await db.execute(sql`
    insert into samples (instance_id, at, "values")
    select u.instance_id, u.at, u."values" from ${u}
    join instances on instances.id = u.instance_id order by 1, 2
    on conflict do nothing`)
}

/** What was read of one instance. */
export interface Reading {
  /** Epoch milliseconds. */
  readonly at: number
  readonly values: SampleValues
}

/** What was read of these instances since then, the oldest first: a row an instance, not a reading. */
export async function readingsOf(
  { db }: Store,
  instanceIds: readonly string[],
  since: Date,
): Promise<Map<string, Reading[]>> {
  if (instanceIds.length === 0) return new Map()
  const found = resultRows<{ id: string; readings: string }>(
    await db.execute(sql`
      select i.id, s.readings
      from unnest(string_to_array(${instanceIds.join()}, ',')::uuid[]) i (id) cross join lateral (
        select string_agg('{"at":' || (extract(epoch from at) * 1000)::bigint || ',"values":'
          || "values"::text || '}', ',' order by at) as readings
        from samples where instance_id = i.id
          -- As a pair, which only the index by instance knows: where not many are watched the planner
          -- would now and then rather read the last minutes of them all.
          and (instance_id, at) >= (i.id, ${since.toISOString()}::timestamptz)
      ) s
      where s.readings is not null`),
  )
  return new Map(found.map(({ id, readings }) => [id, JSON.parse(`[${readings}]`) as Reading[]]))
}

/** The last hour of each of these instances. */
export function createRecentReadings(store: Store): Recent<Reading> {
  // A sample is there soon after its minute, and the clocks of those who take them differ by less.
  const hour = { lastsMs: 3_600_000, settledMs: 5 * 60_000 }
  return createRecent((ids, since) => readingsOf(store, ids, since), hour)
}

/** What is read of something just now where it is highest, and on how many instances it is read. */
export interface CurrentReading {
  readonly highest: readonly {
    readonly id: string
    readonly name: string
    readonly value: number
  }[]
  readonly instances: number
}

/** Named with what is read now; the rest are counted. */
const mostNamed = 3

/** The newest readings of all instances together: enough for a minute of some more than a thousand. */
const mostLooked = 1500

/** What is read now of these, by name: the last reading of each instance that is not old. */
export async function currentReadings(
  { db }: Store,
  keys: readonly string[],
): Promise<Map<string, CurrentReading>> {
  const u = rows(
    { key: 'text' },
    keys.map((key) => ({ key })),
  )
  const found = resultRows<CurrentReading & { key: string }>(
    await db.execute(sql`
      with latest as materialized (
        select distinct on (instance_id) instance_id, "values" from (
          select instance_id, at, "values" from samples
          -- The planner knows this clock: it can tell how many rows there are in ten minutes.
          where at > now() - interval '10 minutes' and at <= now()
          order by at desc limit ${sql.raw(String(mostLooked))}) recent
        order by instance_id, at desc)
      select u.key, found.highest, found.instances from ${u} cross join lateral (
        select json_agg(json_build_object('id', i.id, 'name', i.name, 'value', top.value)
            order by top.value desc) as highest,
          (select count(*)::int from latest where "values" ? u.key) as instances
        from (
          select instance_id, ("values"->u.key)::numeric as value
          from latest where "values" ? u.key order by 2 desc limit ${mostNamed}
        ) top join instances i on i.id = top.instance_id) found`),
  )
  return new Map(
    found.flatMap(({ key, highest, instances }) =>
      highest === null ? [] : [[key, { highest, instances }]],
    ),
  )
}

/** Samples are a minute apart: what was read a moment ago is read now. Milliseconds. */
const currentMs = 10_000

/** What is read now of these, the same for whoever asks within ten seconds. */
export function createCurrentReadings(
  store: Store,
  keys: readonly string[],
): () => Promise<ReadonlyMap<string, CurrentReading>> {
  let held: { readonly asked: number; readonly found: Map<string, CurrentReading> } | undefined
  return async () => {
    const asked = Date.now()
    if (held === undefined || asked - held.asked > currentMs)
      held = { asked, found: await currentReadings(store, keys) }
    return held.found
  }
}

/** Keeps one sample of each quarter of an hour once it is over, and nothing after a day. */
export async function thinSamples({ db }: Store): Promise<void> {
  await db.execute(sql`
    delete from samples where at < ${databaseNow} - interval '1 day'`)
  await db.execute(sql`
    delete from samples s where s.at < ${databaseNow} - interval '65 minutes' and exists (
      select from samples e where e.instance_id = s.instance_id and e.at < s.at
        and e.at >= date_bin('15 minutes', s.at, timestamptz 'epoch'))`)
}
