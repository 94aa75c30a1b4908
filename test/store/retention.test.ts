import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { storeBatch } from '../../src/store/batches.ts'
import { listDeliveries } from '../../src/store/deliveries.ts'
import { listEvents } from '../../src/store/events.ts'
import { findKeys, forgetKeys, takeKeys } from '../../src/store/idempotency.ts'
import { newId } from '../../src/store/ids.ts'
import { keepNewest, removeBatches, removeHistory } from '../../src/store/retention.ts'
import { usePipeline } from '../support/fixtures.ts'
import { thing } from '../support/pipeline.ts'

const { database, pipeline } = usePipeline()
const happened = { type: thing.type, data: { what: 'x' } }
const soon = () => new Date(Date.now() + 1000)

async function published(count: number, settled: number) {
  const webhook = await pipeline.webhook({ url: 'http://127.0.0.1:9', events: [thing.type] })
  await pipeline.publish(...Array(count).fill(happened))
  await database.db.execute(
    sql`update deliveries set status = 'success' where id in (select id from deliveries order by id limit ${settled})`,
  )
  return {
    deliveries: () => listDeliveries(pipeline.store, webhook.id, {}, { limit: 100, offset: 0 }),
    events: () => listEvents(pipeline.store, {}, { limit: 100 }),
  }
}

test('old history goes, what is still owed stays, with its event', async () => {
  const { deliveries, events } = await published(5, 3)
  expect(await removeHistory(pipeline.store, soon(), 100)).toBe(3)
  expect(await deliveries()).toMatchObject([{ status: 'pending' }, { status: 'pending' }])
  expect(await events()).toHaveLength(2)
})

test('history younger than that stays', async () => {
  const { deliveries, events } = await published(3, 3)
  expect(await removeHistory(pipeline.store, new Date(Date.now() - 60_000), 100)).toBe(0)
  expect([(await deliveries()).length, (await events()).length]).toEqual([3, 3])
})

test('no more goes at once than was said', async () => {
  const { deliveries } = await published(5, 5)
  expect(await removeHistory(pipeline.store, soon(), 2)).toBe(2)
  expect(await deliveries()).toHaveLength(3)
})

test('what a batch has sent goes with the last of its deliveries', async () => {
  const { store } = pipeline
  const { deliveries } = await published(2, 2)
  const [{ webhookId, id } = { webhookId: '', id: '' }] = await deliveries()
  for (const batch of [newId(), newId()])
    await storeBatch(store, { id: batch, webhookId, body: '{}', shape: 'a 1' })
  await database.db.execute(
    sql`update deliveries set batch_id = (select min(id::text)::uuid from batches) where id = ${id}`,
  )
  expect(await removeBatches(store, 10)).toBe(1)
  expect(await removeBatches(store, 10)).toBe(0)
  await removeHistory(store, soon(), 100)
  expect(await removeBatches(store, 10)).toBe(1)
})

test('an Idempotency-Key is forgotten after a day, and free again even before it is removed', async () => {
  const { store } = pipeline
  const keys = ['old', 'older', 'new'].map((key) => ({ key, fingerprint: 'a' }))
  expect((await takeKeys(database.db, keys)).size).toBe(3)
  await database.db.execute(
    sql`update idempotency_keys set created_at = created_at - interval '25 hours' where key like 'old%'`,
  )
  expect([...(await findKeys(store, ['old', 'new'])).keys()]).toEqual(['new'])
  expect([...(await takeKeys(database.db, keys.slice(1)))]).toEqual(['older'])
  expect([await forgetKeys(store, 10), await forgetKeys(store, 10)]).toEqual([1, 0])
})

test('of each webhook the newest are kept where only so many may be', async () => {
  const one = await published(5, 4)
  const newest = (await one.deliveries()).slice(0, 2).map(({ id }) => id)
  expect(await keepNewest(pipeline.store, 2, 2)).toBe(2)
  expect(await keepNewest(pipeline.store, 2, 2)).toBe(1)
  expect(await keepNewest(pipeline.store, 2, 2)).toBe(0)
  expect((await one.deliveries()).map(({ id }) => id)).toEqual(newest)
})
