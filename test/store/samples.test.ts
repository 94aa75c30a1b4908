import { beforeEach, expect, test } from 'vitest'
import type { Store } from '../../src/store/database.ts'
import { insertInstance } from '../../src/store/instances.ts'
import {
  addSamples,
  createRecentReadings,
  currentReadings,
  readingsOf,
  thinSamples,
} from '../../src/store/samples.ts'
import { useService } from '../support/fixtures.ts'

const minuteMs = 60_000
const quarterMs = 15 * minuteMs

const { service } = useService()
let store: Store
let ids: string[]

beforeEach(async () => {
  store = service.store
  ids = []
  for (const port of [1, 2, 3, 4, 5]) {
    const server = { name: `cache-${port}`, host: 'h', port, url: `redis://h:${port}` }
    const settings = { labels: {}, enabled: true, pollIntervalMs: null }
    ids.push((await insertInstance(store, { ...server, ...settings }))?.id ?? '')
  }
})

test('of an hour every minute is kept, of a day each quarter of an hour, and nothing before', async () => {
  const now = Math.floor(Date.now() / minuteMs) * minuteMs
  const [instanceId = '', other = ''] = ids
  const minutes = Array.from({ length: 26 * 60 }, (_, ago) => new Date(now - ago * minuteMs))
  await addSamples(
    store.db,
    minutes.map((at) => ({ instanceId, at, values: { ops: at.getTime() } })),
  )
  // A server that was seen once in a quarter keeps what was seen.
  const seldom = Math.floor((now - 5 * quarterMs) / quarterMs) * quarterMs - 3 * minuteMs
  await addSamples(store.db, [{ instanceId: other, at: new Date(seldom), values: { ops: 1 } }])
  await thinSamples(store)

  const kept = await readingsOf(store, [instanceId, other], new Date(0))
  const times = (kept.get(instanceId) ?? []).map(({ at }) => at)
  const fine = times.filter((at) => at >= now - 60 * minuteMs)
  const coarse = times.filter((at) => at < now - 66 * minuteMs)
  expect(fine).toHaveLength(61)
  expect(coarse.length).toBeGreaterThanOrEqual(89)
  expect(coarse.length).toBeLessThanOrEqual(93)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(now - 86_400_000)
  expect(new Set(coarse.map((at) => Math.floor(at / quarterMs))).size).toBe(coarse.length)
  expect(kept.get(other)?.map(({ at }) => at)).toEqual([seldom])
  // Small enough for PGlite: a day of a server is some 150 rows.
  expect(times.length).toBeLessThan(165)
})

test('what is read now is told with where it is highest, and how many others there are', async () => {
  const now = new Date(Math.floor(Date.now() / minuteMs) * minuteMs)
  const long = new Date(now.getTime() - quarterMs)
  await addSamples(store.db, [
    ...ids.map((instanceId, index) => ({ instanceId, at: now, values: { used: index * 10 } })),
    { instanceId: ids[0] ?? '', at: long, values: { used: 99 } },
  ])
  const found = await currentReadings(store, ['used', 'unheard'])
  expect([...found.keys()]).toEqual(['used'])
  expect(found.get('used')?.instances).toBe(5)
  expect(found.get('used')?.highest.map(({ name, value }) => [name, value])).toEqual([
    ['cache-5', 40],
    ['cache-4', 30],
    ['cache-3', 20],
  ])
})

test('the last hour is told as it is, however much of it was read before', async () => {
  const minute = Math.floor(Date.now() / minuteMs) * minuteMs
  const [first = '', second = ''] = ids
  const take = (instanceId: string, ago: number) =>
    addSamples(store.db, [
      { instanceId, at: new Date(minute - ago * minuteMs), values: { ops: ago } },
    ])
  const recent = createRecentReadings(store)
  const ago = async (shown: readonly string[]) =>
    [...(await recent(shown)).values()].map((readings) => readings.map(({ values }) => values.ops))

  for (const before of [61, 50, 3]) await take(first, before)
  expect(await ago([first])).toEqual([[50, 3]])
  // Another replica was late, and a new minute has come.
  for (const before of [2, 0]) await take(first, before)
  await take(second, 30)
  expect(await ago([second, first])).toEqual([[30], [50, 3, 2, 0]])
  expect(await ago([first, second])).toEqual([[50, 3, 2, 0], [30]])
})
