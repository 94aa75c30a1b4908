import { describe, expect, test } from 'vitest'
import { listAlerts } from '../../src/store/alerts.ts'
import { listDeliveries } from '../../src/store/deliveries.ts'
import { listEvents } from '../../src/store/events.ts'
import { deleteWebhook, updateWebhook } from '../../src/store/webhooks.ts'
import { usePipeline } from '../support/fixtures.ts'
import { level, thing } from '../support/pipeline.ts'

const { pipeline, create } = usePipeline()
const url = 'http://127.0.0.1:9/hook'

const reading = (value: number, subject = '', host = 'a') => ({
  type: level.type,
  data: { value },
  subject,
  host,
})
const counts = async (...events: Parameters<typeof pipeline.publish>) =>
  (await pipeline.publish(...events)).map(({ deliveries }) => deliveries)

describe('a threshold with hysteresis', () => {
  test('fires once, stays silent in between, and fires again after it has cleared', async () => {
    await pipeline.webhook({ url, events: [level.type] })
    const fired: number[] = []
    for (const value of [89.9, 90, 91, 89, 82, 81, 80.99, 89, 90])
      fired.push(...(await counts(reading(value))))
    expect(fired).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 1])
  })

  test('holds within one request too: each reading sees what the one before did', async () => {
    await pipeline.webhook({ url, events: [level.type] })
    expect(await counts(...[95, 96, 50, 95, 10, 20].map((value) => reading(value)))).toEqual([
      1, 0, 0, 1, 0, 0,
    ])
  })

  test('stands for each webhook by itself, with its own threshold and factor', async () => {
    const early = await pipeline.webhook({
      url,
      events: [level.type],
      thresholds: { levelPercent: 75 },
    })
    const late = await pipeline.webhook({
      url,
      events: [level.type],
      thresholds: { levelPercent: 95 },
    })
    expect(await counts(reading(80), reading(96), reading(86), reading(97))).toEqual([1, 1, 0, 0])
    const told = async (id: string) =>
      (await listDeliveries(pipeline.store, id, {}, { limit: 10, offset: 0 })).length
    expect(await told(early.id)).toBe(1)
    expect(await told(late.id)).toBe(1)
    expect(await counts(reading(85), reading(96))).toEqual([0, 1])
    expect(await told(late.id)).toBe(2)
  })

  test('stands for each instance and each subject by itself', async () => {
    await pipeline.webhook({ url, events: [level.type] })
    expect(
      await counts(reading(95, 'x', 'a'), reading(95, 'y', 'a'), reading(95, 'x', 'b')),
    ).toEqual([1, 1, 1])
    expect(await counts(reading(10, 'x', 'a'))).toEqual([0])
    expect(
      await counts(reading(95, 'x', 'a'), reading(95, 'y', 'a'), reading(95, 'x', 'b')),
    ).toEqual([1, 0, 0])
  })

  test('a changed threshold counts at the next reading', async () => {
    const webhook = await pipeline.webhook({ url, events: [level.type] })
    expect(await counts(reading(80))).toEqual([0])
    await updateWebhook(pipeline.store, webhook, {
      settings: { ...webhook, thresholds: { levelPercent: 70 } },
    })
    expect(await counts(reading(80))).toEqual([1])
  })

  test('writes the threshold of the webhook into what that webhook gets', async () => {
    const webhook = await pipeline.webhook({
      url,
      events: [level.type],
      thresholds: { levelPercent: 75 },
    })
    await pipeline.publish(reading(80))
    const [alert] = await listAlerts(pipeline.store, { webhook: webhook.id }, { limit: 10 })
    expect(alert).toMatchObject({ threshold: 75, value: 80, peak: 80, eventType: level.type })
  })

  test('raised by two at the same moment, it is told once', async () => {
    await pipeline.webhook({ url, events: [level.type] })
    const both = await Promise.all([counts(reading(95)), counts(reading(96))])
    expect(both.flat().sort()).toEqual([0, 1])
  })

  test('keeps the worst reading while it stands, and tells it on recovery to those who ask', async () => {
    const webhook = await pipeline.webhook({ url, events: [level.type, 'alert.resolved'] })
    await pipeline.publish(reading(91), reading(97), reading(93), reading(50))
    const [resolved, fired] = await listEvents(pipeline.store, {}, { limit: 2 }).then((events) => [
      events.find(({ type }) => type === 'alert.resolved'),
      events.find(({ type }) => type === level.type),
    ])
    expect(fired).toBeDefined()
    expect(JSON.parse(resolved?.data ?? '')).toMatchObject({
      event: level.type,
      value: 50,
      peak: 97,
      threshold: 90,
    })
    const deliveries = await listDeliveries(
      pipeline.store,
      webhook.id,
      {},
      { limit: 10, offset: 0 },
    )
    expect(deliveries.map(({ eventType }) => eventType).sort()).toEqual([
      'alert.resolved',
      level.type,
    ])
    expect(await listAlerts(pipeline.store, {}, { limit: 10 })).toEqual([])
  })

  test('of a webhook that no longer asks for it, an alert ends without a word', async () => {
    const webhook = await pipeline.webhook({ url, events: [level.type, 'alert.resolved'] })
    await pipeline.publish(reading(95))
    await updateWebhook(pipeline.store, webhook, { settings: { ...webhook, enabled: false } })
    expect(await counts(reading(50))).toEqual([0])
    expect(await listAlerts(pipeline.store, {}, { limit: 10 })).toEqual([])
  })
})

describe('events without a threshold', () => {
  test('are told to everyone who wants them, each time', async () => {
    await pipeline.webhook({ url, events: [thing.type] })
    await pipeline.webhook({ url, events: [thing.type, level.type] })
    await pipeline.webhook({ url, events: [level.type] })
    const one = { type: thing.type, data: { what: 'x' } }
    expect(await counts(one, one)).toEqual([2, 2])
  })

  test('are kept though nobody wants them', async () => {
    const [event] = await pipeline.publish({ type: thing.type, data: { what: 'x' } })
    expect(event?.deliveries).toBe(0)
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toMatchObject([
      { id: event?.id, type: thing.type, data: '{"what":"x","message":"It was x"}' },
    ])
  })

  test('stay within the scope, the level and the policy of a webhook', async () => {
    const webhook = { url, events: [thing.type] }
    await pipeline.webhook({ ...webhook, instances: ['00000000-0000-7000-8000-000000000000'] })
    await pipeline.webhook({ ...webhook, instances: { team: 'a' } })
    await pipeline.webhook({ ...webhook, level: 'warning' })
    await pipeline.webhook({ ...webhook, eventsPolicy: 'exclude' })
    await pipeline.webhook({ ...webhook, events: [level.type], eventsPolicy: 'exclude' })
    expect(await counts({ type: thing.type, data: { what: 'x' } })).toEqual([1])
  })

  test('reach nobody whose webhook went while they were on their way', async () => {
    const webhook = await pipeline.webhook({ url, events: [thing.type] })
    await pipeline.subscribers.current()
    await deleteWebhook(pipeline.store, webhook.id)
    expect(await counts({ type: thing.type, data: { what: 'x' } })).toEqual([0])
  })
})

test('what the licence locks reaches nobody, and is kept', async () => {
  const community = await create({ tier: 'community' })
  await community.webhook({ url, events: [thing.type, level.type] })
  expect(
    (await community.publish({ type: thing.type, data: { what: 'x' } }, reading(95))).map(
      ({ deliveries }) => deliveries,
    ),
  ).toEqual([0, 1])
})

test('ten thousand webhooks are told of one event in one statement', async () => {
  const { store } = pipeline
  const first = await pipeline.webhook({ url, events: [thing.type] })
  await store.db.execute(
    `insert into webhooks (id, name, url, secret, settings)
     select gen_random_uuid(), name, url, secret, settings from webhooks, generate_series(2, 10000)
     where id = '${first.id}'`,
  )
  await updateWebhook(store, first, { settings: first })
  expect(await counts({ type: thing.type, data: { what: 'x' } })).toEqual([10_000])
})
