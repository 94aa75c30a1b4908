import { sql } from 'drizzle-orm'
import { afterEach, expect, test } from 'vitest'
import { nextBatches } from '../../src/store/batches.ts'
import { findDelivery, listDeliveries, retryDelivery } from '../../src/store/deliveries.ts'
import { updateWebhook, type Webhook } from '../../src/store/webhooks.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { thing } from '../support/pipeline.ts'
import { until } from '../support/until.ts'

const receiver = useReceiver()
const { database, pipeline, create } = usePipeline()

afterEach(() => expect(pipeline.errors).toEqual([]))

const minute = 60_000
const batched = (settings: Partial<Webhook> = {}) =>
  pipeline.webhook({
    url: receiver.url,
    events: [thing.type],
    format: 'stalwart',
    throttle: minute,
    ...settings,
  })

/** Publishes one after another, and ends the window they open. */
async function happen(...what: readonly string[]): Promise<void> {
  for (const one of what) await pipeline.publish({ type: thing.type, data: { what: one } })
  await pass(minute)
}

const pass = (ms: number) =>
  database.db.execute(
    sql`update deliveries set due_at = due_at - ${ms} * interval '1 ms'
        where status in ('pending', 'retrying') and claim_id is null`,
  )

const said = (body = '{"events":[]}'): string[] =>
  JSON.parse(body).events.map(({ data }: { data: { what: string } }) => data.what)

async function all(webhook: Webhook) {
  const rows = await listDeliveries(pipeline.store, webhook.id, {}, { limit: 200, offset: 0 })
  return rows.toReversed()
}

const noRetries = { maxRetries: 0, initialDelayMs: 100, backoffMultiplier: 1, maxDelayMs: 100 }

test('what happens within a window goes in one request, in its order', async () => {
  const webhook = await batched()
  for (const what of ['a', 'b', 'c']) await pipeline.publish({ type: thing.type, data: { what } })
  await pipeline.drainAll()
  expect(receiver.requests).toHaveLength(0)
  const wish = { webhookId: webhook.id, most: 100, throttleMs: minute }
  const waits = await nextBatches(pipeline.store, [wish])
  expect(waits.get(webhook.id)).toBeGreaterThan(minute / 2)
  await pass(minute)
  await pipeline.drainAll()
  const [request] = await receiver.next()
  expect(said(request?.body)).toEqual(['a', 'b', 'c'])
  expect(request?.headers['x-signature']).toMatch(/^[\w+/]{43}=$/)
  const rows = await all(webhook)
  expect(rows).toMatchObject(Array(3).fill({ status: 'success', statusCode: 200, attempts: 1 }))
  expect(await findDelivery(pipeline.store, rows[1]?.id ?? '')).toMatchObject({
    body: request?.body,
    attemptsMade: [{ number: 1, statusCode: 200 }],
  })
})

test('a batch that fails is tried again to the byte, and what has come since waits for it', async () => {
  receiver.respond((_, index) => (index < 2 ? 503 : 200))
  const webhook = await batched()
  await happen('a', 'b')
  await pipeline.drainAll()
  await happen('c')
  await pipeline.drainAll()
  await pass(minute)
  await pipeline.drainAll()
  await pipeline.drainAll()
  const [first, second, third, fourth] = await receiver.next(4)
  expect(said(first?.body)).toEqual(['a', 'b'])
  expect([second?.body, third?.body]).toEqual([first?.body, first?.body])
  expect(said(fourth?.body)).toEqual(['c'])
  expect((await all(webhook)).map(({ status, attempts }) => [status, attempts])).toEqual([
    ['success', 3],
    ['success', 3],
    ['success', 1],
  ])
})

test('one batch is under way at a time, over all replicas', async () => {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  receiver.respond(async (_, index) => {
    if (index === 0) await released
    return 200
  })
  await batched()
  await happen('a')
  const { done } = await pipeline.drain.run()
  await receiver.next()
  await happen('b')
  const replica = await create()
  await replica.drainAll()
  await pipeline.drain.renew()
  expect(receiver.requests).toHaveLength(1)
  release()
  await done
  await Promise.all([pipeline.drainAll(), replica.drainAll()])
  expect((await receiver.next()).map(({ body }) => said(body))).toEqual([['b']])
  expect(receiver.requests).toHaveLength(2)
})

test('replicas that race for the same batches send each event once, in order', async () => {
  let now = 0
  let most = 0
  receiver.respond(async () => {
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setTimeout(resolve, 5))
    now -= 1
    return 200
  })
  await batched()
  const many = Array.from({ length: 450 }, (_, index) => String(index))
  await pipeline.publish(...many.map((what) => ({ type: thing.type, data: { what } })))
  await pass(minute)
  const replicas = await Promise.all([1, 2, 3].map(() => create()))
  await until(async () => {
    await Promise.all([...replicas, pipeline].map((one) => one.drainAll()))
    return receiver.requests.length >= 5
  })
  expect(receiver.requests.flatMap(({ body }) => said(body))).toEqual(many)
  expect(most).toBe(1)
})

test('what a worker has died with is sent again as it was', async () => {
  const webhook = await batched()
  receiver.respond({ hang: 'headers' })
  await happen('a', 'b')
  const dead = await create()
  void dead.drain.run()
  const [first] = await receiver.next()
  await database.db.execute(
    sql`update deliveries set claim_id = gen_random_uuid(), due_at = now() - interval '1 ms'`,
  )
  await happen('c')
  receiver.respond(200)
  await pipeline.drainAll()
  const [second] = await receiver.next()
  expect(second?.body).toBe(first?.body)
  expect((await all(webhook)).map(({ status }) => status)).toEqual([
    'success',
    'success',
    'pending',
  ])
})

test('each delivery is a dead letter of its own, and tried again by itself', async () => {
  receiver.respond(500)
  const webhook = await batched({ retryPolicy: noRetries })
  await happen('a', 'b')
  await pipeline.drainAll()
  const [, second] = await all(webhook)
  expect(await all(webhook)).toMatchObject(Array(2).fill({ status: 'dead_letter', attempts: 1 }))
  expect(await retryDelivery(pipeline.store, second?.id ?? '')).toBe(true)
  await pass(minute)
  receiver.respond(200)
  await pipeline.drainAll()
  const [, again] = await receiver.next(2)
  expect(said(again?.body)).toEqual(['b'])
  expect((await all(webhook)).map(({ status }) => status)).toEqual(['dead_letter', 'success'])
})

test('a batch carries a hundred at most; the rest follows at once', async () => {
  await batched()
  const many = Array.from({ length: 130 }, (_, index) => String(index))
  await pipeline.publish(...many.map((what) => ({ type: thing.type, data: { what } })))
  await pass(minute)
  await pipeline.drainAll()
  await pipeline.drainAll()
  const bodies = (await receiver.next(2)).map(({ body }) => said(body))
  expect(bodies.map(({ length }) => length)).toEqual([100, 30])
  expect(bodies.flat()).toEqual(many)
})

test('what has grown too old leaves its batch', async () => {
  receiver.respond((_, index) => (index === 0 ? 500 : 200))
  const webhook = await batched({ discardAfter: 5000 })
  await happen('a', 'b')
  await pipeline.drainAll()
  await database.db.execute(sql`update events set occurred_at = occurred_at - interval '1 hour'
    where data like '%"a"%'`)
  await pass(minute)
  await pipeline.drainAll()
  const [, second] = await receiver.next(2)
  expect(said(second?.body)).toEqual(['b'])
  expect((await all(webhook)).map(({ status }) => status)).toEqual(['dead_letter', 'success'])
})

test('without throttle, or once disabled, deliveries are settled one by one', async () => {
  const webhook = await batched()
  await happen('a', 'b')
  const change = (version: number, settings: Partial<Webhook>) =>
    updateWebhook(
      pipeline.store,
      { id: webhook.id, version },
      { settings: { ...webhook, ...settings } },
    )
  await change(1, { throttle: undefined })
  await pipeline.drainAll()
  expect((await receiver.next(2)).flatMap(({ body }) => said(body)).toSorted()).toEqual(['a', 'b'])
  await change(2, {})
  await happen('c')
  await change(3, { enabled: false })
  await pipeline.drainAll()
  expect((await all(webhook)).at(-1)).toMatchObject({
    status: 'failed',
    error: 'The webhook is disabled or deleted.',
  })
})
