import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { replay } from '../../src/pipeline/replay.ts'
import type { Replay } from '../../src/rules/replay.ts'
import { findDelivery, listDeliveries } from '../../src/store/deliveries.ts'
import { updateWebhook, type Webhook } from '../../src/store/webhooks.ts'
import { usePipeline } from '../support/fixtures.ts'
import { level, thing } from '../support/pipeline.ts'

const { database, pipeline } = usePipeline()
const url = 'http://127.0.0.1:9/hook'
const happened = (what = 'x') => ({ type: thing.type, data: { what } })
const reading = (value: number) => ({ type: level.type, data: { value }, host: 'a' })

const again = (webhook: Webhook, which: Partial<Replay> = {}) =>
  replay(webhook, { since: new Date(0), dryRun: false, ...which }, pipeline)
const webhook = (settings: Partial<Webhook> = {}) =>
  pipeline.webhook({ url, events: [level.type, thing.type], ...settings })
const owed = async ({ id }: Webhook) =>
  (await listDeliveries(pipeline.store, id, {}, { limit: 200, offset: 0 })).reverse()
const settle = () => database.db.execute(sql`update deliveries set status = 'success'`)

describe('a replay', () => {
  test('owes a webhook what happened before it was there, under the same ids, in order', async () => {
    const events = await pipeline.publish(happened('1'), happened('2'), happened('3'))
    const late = await webhook()
    expect(await again(late)).toBe(3)
    expect((await owed(late)).map(({ eventId }) => eventId)).toEqual(events.map(({ id }) => id))
  })

  test('sends again what was delivered, and nothing that is still owed', async () => {
    const one = await webhook()
    await pipeline.publish(happened(), happened())
    expect(await again(one)).toBe(0)
    await settle()
    expect(await again(one)).toBe(2)
    expect(await again(one)).toBe(0)
    expect(await owed(one)).toHaveLength(4)
  })

  test('twice at the same moment owes each event once', async () => {
    await pipeline.publish(...Array.from({ length: 50 }, () => happened()))
    const late = await webhook()
    const counts = await Promise.all([again(late), again(late)])
    expect(counts[0] + counts[1]).toBe(50)
    expect(await owed(late)).toHaveLength(50)
  })

  test('only counts where it is a dry run', async () => {
    await pipeline.publish(happened(), happened())
    const late = await webhook()
    expect(await again(late, { dryRun: true })).toBe(2)
    expect(await owed(late)).toEqual([])
  })

  test('goes through any number of events in short steps', async () => {
    for (const _ of [1, 2]) await pipeline.publish(...Array.from({ length: 600 }, () => happened()))
    expect(await again(await webhook())).toBe(1200)
  })

  test('keeps to the time and the event types it is given, and to what the webhook hears of', async () => {
    await pipeline.publish(happened(), reading(95))
    const early = { since: new Date(0), until: new Date(), dryRun: true }
    await sleep(2)
    const later = { since: new Date(), dryRun: true }
    await pipeline.publish(happened())
    const late = await webhook()
    expect(await again(late, { dryRun: true })).toBe(2)
    expect([await again(late, early), await again(late, later)]).toEqual([1, 1])
    expect(await again(late, { dryRun: true, events: [level.type] })).toBe(0)
    await database.db.execute(sql`update events set occurred_at = occurred_at - interval '1 hour'`)
    const critical = await webhook({ level: 'critical' })
    const other = await webhook({ eventsPolicy: 'exclude', events: [thing.type] })
    const elsewhere = await webhook({ instances: { team: 'a' } })
    const impatient = await webhook({ discardAfter: 60_000 })
    const counts = [critical, other, elsewhere, impatient].map((one) =>
      again(one, { dryRun: true }),
    )
    expect(await Promise.all(counts)).toEqual([0, 0, 0, 0])
  })

  test('owes nothing to a webhook that was disabled meanwhile', async () => {
    await pipeline.publish(happened())
    const late = await webhook()
    await updateWebhook(pipeline.store, late, { settings: { ...late, enabled: false } })
    expect(await again(late)).toBe(0)
  })
})

describe('a replay of events with a threshold', () => {
  test('makes no alert of a reading that fired nothing', async () => {
    const first = await webhook()
    await pipeline.publish(reading(50), reading(95), reading(96), reading(10), reading(89))
    await settle()
    expect(await again(first)).toBe(1)
    expect(await owed(first)).toHaveLength(2)
  })

  test('owes another webhook what reaches its own limit, with that limit', async () => {
    await webhook({ thresholds: { levelPercent: 75 } })
    await pipeline.publish(reading(80), reading(10), reading(97))
    const late = await webhook({ thresholds: { levelPercent: 95 } })
    expect(await again(late)).toBe(1)
    const [delivery] = await owed(late)
    const whole = await findDelivery(pipeline.store, delivery?.id ?? '')
    expect(JSON.parse(whole?.data ?? '')).toEqual({
      value: 97,
      threshold: 95,
      message: 'Level 97 (threshold 95)',
    })
  })

  test('owes the end of an alert only to the webhook whose alert it was', async () => {
    const events = [level.type, 'alert.resolved']
    const first = await webhook({ events })
    await pipeline.publish(reading(95), reading(10))
    await settle()
    const late = await webhook({ events })
    expect(await again(first)).toBe(2)
    expect(await again(late)).toBe(1)
    const [fired, ended] = (await owed(first)).slice(2)
    expect([fired?.eventType, ended?.eventType]).toEqual([level.type, 'alert.resolved'])
  })
})
