import { type SQL, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deadLetterGroups } from '../../src/store/dead-letters.ts'
import { findDelivery, listDeliveries, retryQueue } from '../../src/store/deliveries.ts'
import { createDeliveryDay, createDeliveryDays } from '../../src/store/delivery-hours.ts'
import { listAllDeliveries } from '../../src/store/delivery-list.ts'
import { deliveriesOf, findEvent, listEvents } from '../../src/store/events.ts'
import { fleet } from '../../src/store/fleet.ts'
import { progressOf } from '../../src/store/progress.ts'
import { claimDeliveries, nextDeliveryInMs, releaseDeliveries } from '../../src/store/queue.ts'
import { resultRows } from '../../src/store/rows.ts'
import { createRecentReadings, currentReadings } from '../../src/store/samples.ts'
import { standing, waiting } from '../../src/store/standing.ts'
import { type BorrowedDatabase, borrowDatabase } from '../support/databases.ts'
import { attemptAll } from '../support/history.ts'
import { createPipeline, thing } from '../support/pipeline.ts'

const history = ['events', 'deliveries', 'attempts', 'samples', 'delivery_hours']

/**
 * Settled deliveries in store, and as many of what else there is: what is read of them is what would be
 * read of a million, in part.
 */
const stored = 10_000

let database: BorrowedDatabase
let pipeline: Awaited<ReturnType<typeof createPipeline>>
let webhookId: string
let servers: readonly string[]
let called: readonly string[]
let newest: { readonly id: string; readonly eventId: string }

beforeAll(async () => {
  database = await borrowDatabase()
  pipeline = await createPipeline(database.db)
  const settings = { url: 'http://127.0.0.1:9', events: [thing.type] }
  webhookId = (await pipeline.webhook(settings)).id
  await database.db.execute(sql`
    with made as (
      insert into events (id, type, severity, data, source, occurred_at)
      select gen_random_uuid(), ${thing.type}, 'info', '{}', 'api', now() - interval '1 day'
      from generate_series(1, ${stored}::int) returning id),
    owed as (
      insert into deliveries (id, event_id, webhook_id, event_type, status, due_at, attempts)
      select gen_random_uuid(), id, ${webhookId}, ${thing.type}, 'success', now(), 1
      from made returning id)
    insert into attempts (delivery_id, number, started_at, duration_ms)
    select id, 1, now(), 1 from owed`)
  await database.db.execute(sql`
    insert into deliveries (id, event_id, webhook_id, event_type, status, due_at)
    select gen_random_uuid(), id, ${webhookId}, ${thing.type},
      case when row_number() over () % 2 = 0 then 'pending' else 'retrying' end,
      now() + (row_number() over () % 2) * interval '1 hour'
    from events limit 200`)
  const [found] = resultRows<{ id: string; eventId: string }>(
    await database.db.execute(sql`
      select id, event_id as "eventId" from deliveries where status = 'success'
      order by id desc limit 1`),
  )
  if (found === undefined) throw new TypeError('Nothing is stored.')
  newest = found
  await database.db.execute(sql`
    with watched as (
      insert into instances (id, name, host, port, url, source, next_look_at)
      select gen_random_uuid(), 'cache-' || n, 'h', n, '', 'api', now() from generate_series(1, 50) n
      returning id)
    insert into samples (instance_id, at, "values")
    select id, date_trunc('minute', now()) - n * interval '1 minute', '{"used": 1}'
    from watched, generate_series(0, ${stored / 50}::int) n order by 2`)
  await database.db.execute(sql`
    insert into delivery_hours (webhook_id, hour, succeeded, failed)
    select w, date_trunc('hour', now(), 'UTC') - n * interval '1 hour', 1, 0
    from (select gen_random_uuid() as w from generate_series(1, 1000)) w,
      generate_series(0, ${stored / 1000}::int) n order by 2`)
  servers = await idsIn(sql`select id from instances`)
  called = await idsIn(sql`select distinct webhook_id as id from delivery_hours`)
  for (const table of history) await database.db.execute(sql.raw(`analyze ${table}`))
})
afterAll(async () => {
  pipeline.close()
  // What follows is to find tables as empty as they look.
  await database.empty()
  await database.close()
})

async function idsIn(query: SQL): Promise<string[]> {
  return resultRows<{ id: string }>(await database.db.execute(query)).map(({ id }) => id)
}

type Store = typeof pipeline.store
const claim = { limit: 50, perWebhook: 50, leaseMs: 30_000 }

test.each<[string, (store: Store) => Promise<unknown>]>([
  ['a claim', (store) => claimDeliveries(store, claim)],
  ['a settlement', (store) => attemptAll(store)],
  [
    'giving back what was claimed',
    async (store) => releaseDeliveries(store, (await claimDeliveries(store, claim)).deliveries),
  ],
  ['asking what is due next', (store) => nextDeliveryInMs(store)],
  ['asking for the retries', (store) => retryQueue(store)],
  ['a page of history', (store) => listDeliveries(store, webhookId, {}, { limit: 50, offset: 0 })],
  [
    'the next page',
    (store) => listDeliveries(store, webhookId, {}, { limit: 50, offset: 0, before: newest.id }),
  ],
  ['a page of all deliveries', (store) => listAllDeliveries(store, { limit: 10 })],
  [
    'a page of what is to be tried again',
    (store) => listAllDeliveries(store, { status: 'retrying', limit: 10 }),
  ],
  [
    'a page of those answered in a way that none was',
    (store) => listAllDeliveries(store, { answer: 3, limit: 50 }),
  ],
  [
    'a page of a type that never happened',
    (store) => listAllDeliveries(store, { event: 'never.heard-of', limit: 50 }),
  ],
  [
    'a page of an instance that nothing happened on',
    (store) => listAllDeliveries(store, { instances: [newest.id], limit: 50 }),
  ],
  ['the groups of dead letters', (store) => deadLetterGroups(store, { limit: 25, offset: 0 })],
  ['how far a retry is', (store) => progressOf(store, webhookId, 'a request')],
  ['one delivery', (store) => findDelivery(store, newest.id)],
  ['a page of events', (store) => listEvents(store, {}, { limit: 50 })],
  ['a page of events of a type', (store) => listEvents(store, { type: thing.type }, { limit: 50 })],
  ['what wants attention', (store) => standing(store)],
  ['what waits', (store) => waiting(store)],
  ['a page of servers', (store) => fleet(store, { limit: 13, offset: 0 })],
  [
    'the last hour of twelve servers',
    async (store) => createRecentReadings(store)(servers.slice(0, 12)),
  ],
  ['what is read now', (store) => currentReadings(store, ['used'])],
  ['the last day of ten webhooks', async (store) => createDeliveryDays(store)(called.slice(0, 10))],
  [
    'one event',
    async (store) =>
      Promise.all([findEvent(store, newest.eventId), deliveriesOf(store, [newest.eventId])]),
  ],
])('%s reads what it needs of a long history, however often it is asked', async (_, work) => {
  // The plan of a statement that is prepared may change with the sixth time.
  for (let times = 0; times < 8; times += 1) expect(await rowsRead(work)).toBeLessThan(stored / 10)
})

test('a claim passes over what is to be tried again later, however much that is', async () => {
  const owe = ({ db }: Store) =>
    db.execute(sql`
      insert into deliveries (id, event_id, webhook_id, event_type, status, due_at)
      select gen_random_uuid(), id, ${webhookId}, ${thing.type}, 'retrying', now() + interval '1 day'
      from events`)
  const all = { ...claim, limit: 500, perWebhook: 500 }
  const read = await rowsRead((store) => claimDeliveries(store, all), owe)
  expect(read).toBeLessThan(stored / 10)
})

test.each<[string, (store: Store) => () => Promise<unknown>]>([
  ['the last day of all webhooks', (store) => createDeliveryDay(store)],
  [
    'the last hour of some servers',
    (store) => {
      // Of a few: an hour of all is so much of this small table that it may as well be read whole.
      const recent = createRecentReadings(store)
      return () => recent(servers.slice(0, 5))
    },
  ],
])('%s is not read again when it was read before', async (_, create) => {
  const once = await rowsRead((store) => create(store)())
  const twice = await rowsRead(async (store) => {
    const work = create(store)
    await work()
    await work()
  })
  expect(twice - once).toBeLessThan(once / 3)
})

class Undone extends Error {}

/** How many rows of the history one piece of work reads, by index or not; it is undone. */
async function rowsRead(
  work: (store: Store) => Promise<unknown>,
  prepare: (store: Store) => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  let read = Number.NaN
  await database.db
    .transaction(async (tx) => {
      const store = { ...pipeline.store, db: tx }
      await prepare(store)
      // Of this connection, and not only of this transaction.
      const before = await readSoFar(tx)
      await work(store)
      read = (await readSoFar(tx)) - before
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return read
}

async function readSoFar(db: Store['db']): Promise<number> {
  const [row] = resultRows<{ read: number }>(
    await db.execute(sql`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
      from pg_stat_xact_user_tables where relname in (${sql.join(
        history.map((name) => sql`${name}`),
        sql`, `,
      )})`),
  )
  return row?.read ?? Number.NaN
}
