import { sql } from 'drizzle-orm'
import { versionPrefix } from './alerts.ts'
import type { Store } from './database.ts'
import { leastId } from './ids.ts'
import { resultRows } from './rows.ts'
import { clockVersion } from './schema/columns.ts'

/**
 * Removes settled deliveries, and events nobody is owed any more, from before then: at most `limit`
 * of each, so that no lock is held for long. Answers how many went.
 */
export async function removeHistory({ db }: Store, before: Date, limit: number): Promise<number> {
  const oldest = leastId(before)
  const deliveries = await db.execute(sql`
    delete from deliveries where id = any(array(
      select id from deliveries
      where id < ${oldest} and status not in ('pending', 'retrying') order by id limit ${limit}
      for update skip locked))
    returning id`)
  const events = await db.execute(sql`
    delete from events where id = any(array(
      select id from events
      where id < ${oldest} and not exists (select 1 from deliveries where event_id = events.id)
      order by id limit ${limit}))
    returning id`)
  return Math.max(resultRows(deliveries).length, resultRows(events).length)
}

/** Removes the bodies of batches that no delivery is left of; answers how many went. */
export async function removeBatches({ db }: Store, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from batches where id = any(array(
      select id from batches
      where not exists (select 1 from deliveries where batch_id = batches.id)
      order by id limit ${limit}))
    returning id`)
  return resultRows(gone).length
}

/**
 * Forgets the versions of alerts where none stands and none has changed for a day: without a version
 * none stands.
 */
export async function forgetAlertVersions({ db }: Store): Promise<void> {
  await db.execute(sql`
    delete from revisions where name like ${`${versionPrefix}%`}
      and value < ${clockVersion} - 86400000 and not exists (
        select 1 from alerts where instance = substr(name, ${versionPrefix.length + 1}::int))`)
}

/**
 * Keeps the newest `most` deliveries of each webhook, and what is owed (seed 1, memory storage):
 * removes at most `limit` of the others, and answers how many went.
 */
export async function keepNewest({ db }: Store, most: number, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from deliveries where id = any(array(
      select old.id from webhooks w
      cross join lateral (
        select id from deliveries where webhook_id = w.id order by id desc offset ${most} limit 1
      ) edge
      cross join lateral (
        select id from deliveries
        where webhook_id = w.id and id <= edge.id and status not in ('pending', 'retrying')
        order by id limit ${limit}
      ) old
      limit ${limit}))
    returning id`)
  return resultRows(gone).length
}
