import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { createPublisher } from '../../src/pipeline/publish.ts'
import type { PublishAnswer } from '../../src/rules/publish.ts'
import { listEvents } from '../../src/store/events.ts'
import { resultRows } from '../../src/store/rows.ts'
import { usePipeline } from '../support/fixtures.ts'
import { level, thing } from '../support/pipeline.ts'

const { database, pipeline, create } = usePipeline()
let publish: ReturnType<typeof createPublisher>['publish']
const url = 'http://127.0.0.1:9/hook'

beforeEach(() => {
  publish = createPublisher(pipeline).publish
})

function declared(type: string) {
  const event = pipeline.catalog.events.get(type)
  if (event === undefined) throw new Error(`no event type ${type}`)
  return event
}
const happening = (what = 'x') => ({ event: declared(thing.type), data: { what }, subject: '' })
const reading = (value: number, subject = '') => ({
  event: declared(level.type),
  data: { value },
  subject,
})
const deliveries = (answer: PublishAnswer): (number | string)[] =>
  answer.ok ? answer.published.events.map(({ deliveries }) => deliveries) : [answer.reason]
/** How many transactions have written the events that are stored. */
async function transactions(): Promise<number> {
  const [row] = resultRows<{ count: number }>(
    await database.db.execute(sql`select count(distinct xmin::text)::int as count from events`),
  )
  return row?.count ?? 0
}

test('more requests than the database can follow are turned away, and nothing of them is kept', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, () => publish([happening()])))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(256)
  expect(answers.find(({ ok }) => !ok)).toEqual({ ok: false, reason: 'busy' })
  expect(await publish([happening()])).toMatchObject({ ok: true })
})

test('so are requests with more events than it can follow, but never a single one', async () => {
  const unknown = { ...happening(), instance: '00000000-0000-7000-8000-000000000000' }
  const many = Array.from({ length: 7_500 }, () => unknown)
  const answers = await Promise.all([publish(many), publish(many), publish(many)])
  expect(answers.flatMap(deliveries)).toEqual(['unknown_instance', 'unknown_instance', 'busy'])
  const alone = await publish([...many, ...many, ...many])
  expect(deliveries(alone)).toEqual(['unknown_instance'])
  expect(await publish([happening()])).toMatchObject({ ok: true })
})

test('one as long as one that was turned away need not be read, until one before it is done', async () => {
  const { publish, isFull } = createPublisher(pipeline)
  const unknown = { ...happening(), instance: '00000000-0000-7000-8000-000000000000' }
  const many = Array.from({ length: 7_500 }, () => unknown)
  const before = [publish(many, undefined, 900), publish(many, undefined, 900)]
  expect(isFull(Number.POSITIVE_INFINITY)).toBe(false)
  expect(await publish(many, undefined, 800)).toEqual({ ok: false, reason: 'busy' })
  expect([799, 800, Number.POSITIVE_INFINITY].map(isFull)).toEqual([false, true, true])
  await Promise.all(before)
  expect(isFull(900)).toBe(false)
})

test('so are those that would wait too long for a database that is slow', async () => {
  const own = await create()
  const db = new Proxy(own.store.db, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key)
      if (key !== 'execute' || typeof found !== 'function') return found
      return async (...given: unknown[]) => {
        await new Promise((resolve) => setTimeout(resolve, 600))
        return found.apply(target, given)
      }
    },
  })
  const many = Array.from({ length: 500 }, () => happening())
  publish = createPublisher({ ...own, store: { ...own.store, db } }).publish
  expect(await publish(many)).toMatchObject({ ok: true })
  const answers = await Promise.all(Array.from({ length: 8 }, () => publish(many)))
  // Three seconds take less than a commit has room for: that much is taken in any case.
  expect(answers.filter(({ ok }) => ok)).toHaveLength(4)
  expect(answers.flatMap(deliveries).filter((it) => it === 'busy')).toHaveLength(4)
})

describe('requests that come while one commits', () => {
  test('share the next transaction, and each gets its own answer', async () => {
    await pipeline.webhook({ url, events: [thing.type] })
    const requests = Array.from({ length: 60 }, (_, n) => [
      ...Array.from({ length: n % 3 }, () => reading(1)),
      happening(`${n}`),
    ])
    const answers = await Promise.all(requests.map((events) => publish(events)))
    for (const [n, answer] of answers.entries()) {
      const expected = [...Array.from({ length: n % 3 }, () => 0), 1]
      expect(deliveries(answer)).toEqual(expected)
    }
    const [one] = answers.flatMap((answer) => (answer.ok ? answer.published.events.slice(-1) : []))
    const stored = await listEvents(pipeline.store, { type: thing.type }, { limit: 100 })
    expect(stored.find(({ id }) => id === one?.id)?.data).toContain('"what":"0"')
    expect(stored).toHaveLength(60)
    expect(await transactions()).toBeLessThanOrEqual(3)
  })

  test('are held against each other in the order they came', async () => {
    await pipeline.webhook({ url, events: [level.type] })
    const values = [95, 96, 50, 95, 10, 20, 91]
    const answers = await Promise.all(values.map((value) => publish([reading(value)])))
    expect(answers.flatMap(deliveries)).toEqual([1, 0, 0, 1, 0, 0, 1])
  })

  test('fail by themselves: for one that cannot be stored no other suffers', async () => {
    const bad = { ...happening(), instance: { host: 'a', port: 3_000_000_000 } }
    const unknown = { ...happening(), instance: '00000000-0000-7000-8000-000000000000' }
    const answers = await Promise.allSettled([
      publish([happening()]),
      publish([happening(), bad]),
      publish([happening(), unknown]),
      publish([happening()]),
    ])
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(answers[2]).toMatchObject({
      value: { ok: false, reason: 'unknown_instance', index: 1 },
    })
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toHaveLength(2)
  })

  test('under one Idempotency-Key publish once, and another body under it is refused', async () => {
    const key = { key: 'k', fingerprint: 'a' }
    const answers = await Promise.all([
      publish([happening()], key),
      publish([happening()]),
      publish([happening()], key),
      publish([happening()], { ...key, fingerprint: 'b' }),
      publish([happening()], { key: 'other', fingerprint: 'b' }),
    ])
    expect(answers[2]).toEqual(answers[0])
    expect(answers[3]).toEqual({ ok: false, reason: 'key_reused' })
    expect(answers[4]).toMatchObject({ ok: true })
    expect(await listEvents(pipeline.store, {}, { limit: 10 })).toHaveLength(3)
    expect(await publish([happening()], key)).toEqual(answers[0])
  })

  test('reach a webhook that another process has created since the last one', async () => {
    await publish([happening()])
    const other = await create()
    await other.webhook({ url, events: [thing.type] })
    expect(deliveries(await publish([happening()]))).toEqual([1])
  })
})

test('readings come to the same whether they are published one by one, in a list or all at once', async () => {
  const values = fc.array(fc.integer({ min: 60, max: 100 }), { minLength: 2, maxLength: 12 })
  for (const limit of [75, 80, 95])
    await pipeline.webhook({
      url,
      events: [level.type, 'alert.resolved'],
      thresholds: { levelPercent: limit },
    })
  let run = 0
  await fc.assert(
    fc.asyncProperty(values, async (course) => {
      run += 1
      const of = (name: string) => course.map((value) => reading(value, `${name} ${run}`))
      const single: (number | string)[][] = []
      for (const one of of('single')) single.push(deliveries(await publish([one])))
      const list = deliveries(await publish(of('list')))
      const atOnce = await Promise.all(of('at once').map((one) => publish([one])))
      expect(list).toEqual(single.flat())
      expect(atOnce.flatMap(deliveries)).toEqual(single.flat())
      const standing = resultRows<{ peaks: string }>(
        await database.db.execute(sql`
          select string_agg(threshold || ' ' || value || ' ' || peak, ', ' order by threshold) as peaks
          from alerts where subject like ${`% ${run}`} group by subject`),
      )
      expect(new Set(standing.map(({ peaks }) => peaks)).size).toBeLessThanOrEqual(1)
      expect([0, 3]).toContain(standing.length)
    }),
    { numRuns: 12 },
  )
})

test('who sends is woken wherever something is owed, the end of an alert included', async () => {
  await pipeline.webhook({ url, events: [level.type, 'alert.resolved'] })
  let woken = 0
  const onOwed = () => {
    woken += 1
  }
  const { publish: waking } = createPublisher({ ...pipeline, onOwed })
  expect(deliveries(await waking([reading(50)]))).toEqual([0])
  expect(woken).toBe(0)
  expect(deliveries(await waking([reading(95)]))).toEqual([1])
  expect(woken).toBe(1)
  expect(deliveries(await waking([reading(10)]))).toEqual([0])
  expect(woken).toBe(2)
})
