import { and, asc, gte, inArray, sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { type SampleValues, samples } from './schema/index.ts'

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

/** The samples of these instances since then, the oldest first. */
export async function samplesOf(
  { db }: Store,
  instanceIds: readonly string[],
  since: Date,
): Promise<Sample[]> {
  if (instanceIds.length === 0) return []
  return db
    .select()
    .from(samples)
    .where(and(inArray(samples.instanceId, [...instanceIds]), gte(samples.at, since)))
    .orderBy(asc(samples.instanceId), asc(samples.at))
}

/** The highest value read of something just now, and on how many other instances it was read. */
export interface CurrentReading {
  readonly instance: string
  readonly value: number
  readonly others: number
}

/** What is read now, by name. */
export async function currentReadings({ db }: Store): Promise<Map<string, CurrentReading>> {
  const found = resultRows<CurrentReading & { key: string }>(
    await db.execute(sql`
      with latest as (
        select distinct on (instance_id) instance_id, "values" from samples
        where at > ${databaseNow} - interval '3 minutes' order by instance_id, at desc)
      select distinct on (r.key) r.key, r.value::float8 as value, i.name as instance,
        (count(*) over (partition by r.key) - 1)::int as others
      from latest l join instances i on i.id = l.instance_id, jsonb_each_text(l."values") r
      order by r.key, r.value::float8 desc`),
  )
  return new Map(found.map(({ key, ...reading }) => [key, reading]))
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
