import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { listDeliveries } from '../../src/store/deliveries.ts'
import { listEvents } from '../../src/store/events.ts'
import { nextDeliveryInMs } from '../../src/store/queue.ts'
import { findWebhook, updateWebhook, type Webhook } from '../../src/store/webhooks.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { thing } from '../support/pipeline.ts'

const failing = useReceiver({ respond: 500 })
const watching = useReceiver()
const { database, pipeline } = usePipeline({ limits: { perWebhook: 100 } })
let webhook: Webhook
let observer: Webhook

const happened = { type: thing.type, data: { what: 'x' } }
const operational = [
  'webhook.failing',
  'webhook.recovered',
  'webhook.disabled',
  'delivery.dead_lettered',
]

beforeEach(async () => {
  // Both ask for the operational events: the one they are about must not hear of itself.
  webhook = await pipeline.webhook({
    name: 'frail',
    url: failing.url,
    events: [thing.type, ...operational],
    retryPolicy: { maxRetries: 1, initialDelayMs: 100, backoffMultiplier: 1, maxDelayMs: 100 },
  })
  observer = await pipeline.webhook({ url: watching.url, events: operational })
})

/** As if so many milliseconds had passed. */
async function later(ms: number): Promise<void> {
  const earlier = sql`${ms} * interval '1 millisecond'`
  await database.db.execute(sql`update deliveries set due_at = due_at - ${earlier}`)
  await database.db.execute(
    sql`update webhook_health set since = since - ${earlier}, deferred_until = deferred_until - ${earlier}`,
  )
}

const told = () => watching.requests.map(({ body }) => JSON.parse(body))
const statuses = async () =>
  (await listDeliveries(pipeline.store, webhook.id, {}, { limit: 100, offset: 0 })).map(
    ({ status }) => status,
  )

/** Fails for long enough, over enough deliveries, to be deferred. */
async function failForLong(): Promise<void> {
  await pipeline.publish(...Array(15).fill(happened))
  await pipeline.drainAll()
  await later(31_000)
  await pipeline.publish(...Array(10).fill(happened))
  await pipeline.drainAll()
}

describe('a webhook that keeps failing', () => {
  test('is deferred, its budget unspent, and others are told once', async () => {
    await failForLong()
    await pipeline.drainAll()
    expect(told().filter(({ event }) => event === 'webhook.failing')).toMatchObject([
      {
        event: 'webhook.failing',
        data: { webhookId: webhook.id, webhookName: 'frail', message: expect.any(String) },
      },
    ])
    const sent = failing.requests.length
    await pipeline.publish(...Array(5).fill(happened))
    await later(5000)
    await pipeline.drainAll()
    expect(failing.requests).toHaveLength(sent)
    expect((await statuses()).slice(0, 5)).toEqual(Array(5).fill('pending'))
    expect(await nextDeliveryInMs(pipeline.store)).toBeGreaterThan(1000)
  })

  test('is probed by one request at a time, and each failed probe defers it for longer', async () => {
    await failForLong()
    await pipeline.drainAll()
    const sent = failing.requests.length
    await later(10_100)
    await pipeline.drainAll()
    expect(failing.requests).toHaveLength(sent + 1)
    await pipeline.drainAll()
    expect(failing.requests).toHaveLength(sent + 1)
    expect(await nextDeliveryInMs(pipeline.store)).toBeGreaterThan(15_000)
    expect(told().map(({ event }) => event)).not.toContain('webhook.recovered')
  })

  test('is probed for as long as it takes, and no probe spends a retry', async () => {
    await failForLong()
    await pipeline.drainAll()
    const givenUp = async () => (await statuses()).filter((it) => it === 'dead_letter').length
    const [sent, before] = [failing.requests.length, await givenUp()]
    for (let probe = 1; probe <= 25; probe += 1) {
      await later(301_000)
      await pipeline.drainAll()
    }
    expect(failing.requests).toHaveLength(sent + 25)
    expect(await givenUp()).toBe(before)
    expect(await statuses()).toContain('retrying')
  })

  test('that would rather lose what it cannot get keeps nothing for later', async () => {
    const settings = { ...webhook, lossy: true }
    await updateWebhook(pipeline.store, webhook, { settings })
    await failForLong()
    const sent = failing.requests.length
    await pipeline.publish(...Array(5).fill(happened))
    await later(10_100)
    await pipeline.drainAll()
    expect(failing.requests).toHaveLength(sent + 1)
    expect(await statuses()).toEqual(Array(30).fill('dead_letter'))
  })

  test('gets everything it is owed once a probe succeeds, and others are told', async () => {
    await failForLong()
    failing.respond(200)
    await later(10_100)
    await pipeline.drainAll()
    for (let round = 0; round < 5; round += 1) {
      await later(1000)
      await pipeline.drainAll()
    }
    expect(new Set(await statuses())).toEqual(new Set(['success', 'dead_letter']))
    expect((await statuses()).filter((status) => status === 'success').length).toBeGreaterThan(9)
    expect(told().map(({ event }) => event)).toContain('webhook.recovered')
  })

  test('is switched off after five days without one success, with the reason', async () => {
    await failForLong()
    await later(121 * 3_600_000)
    await pipeline.drainAll()
    await pipeline.drainAll()
    expect(await findWebhook(pipeline.store, webhook.id)).toMatchObject({
      enabled: false,
      disabledReason: expect.stringContaining('five days'),
    })
    expect(told().map(({ event }) => event)).toContain('webhook.disabled')

    const off = await findWebhook(pipeline.store, webhook.id)
    if (off === undefined) throw new Error('The webhook is gone.')
    await updateWebhook(pipeline.store, off, { settings: { ...webhook, enabled: true } })
    const sent = failing.requests.length
    await pipeline.publish(happened)
    await pipeline.drainAll()
    expect(failing.requests.length).toBeGreaterThan(sent)
    expect(await findWebhook(pipeline.store, webhook.id)).toMatchObject({ enabled: true })
  })

  test('by the retries of a few deliveries alone is not deferred', async () => {
    await pipeline.publish(...Array(5).fill(happened))
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await pipeline.drainAll()
      await later(20_000)
    }
    expect(failing.requests).toHaveLength(10)
    expect(told().map(({ event }) => event)).not.toContain('webhook.failing')
  })
})

test('a dead letter is told to those who ask, and one of an operational event to nobody', async () => {
  watching.respond(500)
  await pipeline.publish(happened)
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await pipeline.drainAll()
    await later(10_000)
  }
  expect(await statuses()).toEqual(['dead_letter'])
  const events = await listEvents(pipeline.store, {}, { limit: 10 })
  expect(events.map(({ type }) => type)).toEqual(['delivery.dead_lettered', thing.type])
  expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({
    webhookId: webhook.id,
    event: thing.type,
    attempts: 2,
    error: 'HTTP 500',
  })
  const owed = await listDeliveries(pipeline.store, observer.id, {}, { limit: 5, offset: 0 })
  expect(owed).toMatchObject([{ status: 'dead_letter', attempts: 4 }])
})

test('410 switches the webhook off, and others are told', async () => {
  failing.respond(410)
  await pipeline.publish(happened)
  await pipeline.drainAll()
  await pipeline.drainAll()
  expect(told()).toMatchObject([{ event: 'webhook.disabled', data: { webhookId: webhook.id } }])
})

test('what is older than a webhook wants is not sent, and says so', async () => {
  failing.respond(200)
  const picky = await pipeline.webhook({
    url: failing.url,
    events: [thing.type],
    discardAfter: 1000,
  })
  await pipeline.publish(happened)
  await database.db.execute(sql`update events set occurred_at = now() - interval '2 seconds'`)
  await pipeline.drainAll()
  const [delivery] = await listDeliveries(pipeline.store, picky.id, {}, { limit: 5, offset: 0 })
  expect(delivery).toMatchObject({
    status: 'dead_letter',
    attempts: 0,
    error: 'It is older than discardAfter, 1000 ms.',
  })
  expect(failing.requests).toHaveLength(1)
})

test('a webhook never has more in flight than it says', async () => {
  failing.respond({ delayMs: 50 })
  await pipeline.webhook({ url: failing.url, events: ['level.high'], maxInFlight: 2 })
  await pipeline.publish(
    ...Array.from({ length: 6 }, (_, index) => ({
      type: 'level.high',
      data: { value: 99 },
      subject: String(index),
    })),
  )
  await pipeline.drainAll()
  expect(failing.requests).toHaveLength(2)
})
