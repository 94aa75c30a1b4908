import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createStandingCache } from '../../src/pipeline/standing.ts'
import { forgetAlertVersions } from '../../src/store/retention.ts'
import { usePipeline } from '../support/fixtures.ts'
import { level } from '../support/pipeline.ts'

const { database, pipeline } = usePipeline()
const url = 'http://127.0.0.1:9/hook'
const place = { instance: 'a:6379', eventType: level.type, subject: '' }

const publish = (value: number, host = 'a') =>
  pipeline.publish({ type: level.type, data: { value }, host })

test('alerts standing are read again only when one of that instance has changed', async () => {
  await pipeline.webhook({ url, events: [level.type] })
  const cache = createStandingCache(pipeline.store)
  const now = async () => (await cache.of([place.instance, 'b:6379'])).at(place)
  expect((await now()).size).toBe(0)
  await publish(95)
  const raised = await now()
  expect([...raised.values()]).toMatchObject([{ ...place, value: 95, peak: 95 }])
  await publish(95, 'b')
  await publish(92)
  expect(await now()).toBe(raised)
  await publish(97)
  expect([...(await now()).values()]).toMatchObject([{ peak: 97 }])
  await publish(10)
  expect((await now()).size).toBe(0)
})

test('alerts from before their changes were counted are seen all the same', async () => {
  const webhook = await pipeline.webhook({ url, events: [level.type] })
  await publish(95)
  await database.db.execute(sql`delete from revisions where name <> 'webhooks'`)
  const cache = createStandingCache(pipeline.store)
  const now = async () => (await cache.of([place.instance])).at(place).has(webhook.id)
  expect(await now()).toBe(true)
  await database.db.execute(sql`delete from alerts`)
  expect(await now()).toBe(false)
})

test('a count that is forgotten hides no alert', async () => {
  await pipeline.webhook({ url, events: [level.type] })
  const cache = createStandingCache(pipeline.store)
  const now = async () => (await cache.of([place.instance])).at(place).size
  const counts = () => database.db.$count(sql`revisions where name <> 'webhooks'`)
  await publish(95)
  expect(await now()).toBe(1)
  await database.db.execute(sql`update revisions set value = 1 where name <> 'webhooks'`)
  await forgetAlertVersions(pipeline.store)
  expect([await counts(), await now()]).toEqual([1, 1])
  await publish(10)
  await forgetAlertVersions(pipeline.store)
  expect([await counts(), await now()]).toEqual([1, 0])
  await database.db.execute(sql`update revisions set value = 1 where name <> 'webhooks'`)
  await forgetAlertVersions(pipeline.store)
  expect([await counts(), await now()]).toEqual([0, 0])
  await publish(95)
  expect([await counts(), await now()]).toEqual([1, 1])
})
