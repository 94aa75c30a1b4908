import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import latency from '../../plugins/latency.ts'
import { checkPlugin } from '../../src/testing.ts'
import { scripted, serving, watching } from './looks.ts'

type Totals = Record<string, readonly [calls: number, usec: number]>
const replies = (totals: Totals, runId = 'a') => ({
  INFO: {
    run_id: runId,
    ...Object.fromEntries(
      Object.entries(totals).map(([command, [calls, usec]]) => [
        `cmdstat_${command}`,
        `calls=${calls},usec=${usec},usec_per_call=9.99,rejected_calls=0,failed_calls=0`,
      ]),
    ),
  },
})
const [latencySpike] = latency.events
const limitOf = (data: Readonly<Record<string, unknown>>) => latencySpike?.threshold?.auto?.(data)

/** Looks with 1000 calls each, that take so many microseconds in the mean. */
function load() {
  const look = scripted(latency)
  let [calls, usec] = [0, 0]
  return async (mean: number) => {
    calls += 1000
    usec += mean * 1000
    const { readings, state } = await look(replies({ get: [calls, usec] }))
    return { data: readings[0]?.data ?? {}, state }
  }
}

describe('conformance', () => {
  for (const { name, run } of checkPlugin(latency)) test(name, run)
})

describe('latency.spike', () => {
  test('is the mean of the slowest command since the last look, not of all time', async () => {
    const look = scripted(latency)
    await look(replies({ get: [100_000, 600_000] }))
    const { readings } = await look(replies({ get: [100_060, 600_360], eval: [40, 280_000] }))
    expect(readings).toMatchObject([
      { data: { currentLatency: 7, calls: 40, command: 'eval', timestamp: 1706457610000 } },
    ])
  })

  test('leaves out what monitors send and what waits by design', async () => {
    const look = scripted(latency)
    await look(replies({ get: [10, 100] }))
    const { readings } = await look(
      replies({
        get: [20, 200],
        info: [99, 900_000],
        'config|get': [9, 900_000],
        'acl|log': [9, 900_000],
        blpop: [9, 900_000_000],
        xread: [9, 900_000_000],
        wait: [9, 900_000_000],
      }),
    )
    expect(readings).toMatchObject([{ data: { currentLatency: 0.01, calls: 10, command: 'get' } }])
  })

  test('is 0 while nothing runs, so that an alert clears', async () => {
    const look = scripted(latency)
    await look(replies({ get: [10, 100_000] }))
    const { readings, state } = await look(replies({ get: [10, 100_000] }))
    expect(readings).toMatchObject([{ data: { currentLatency: 0, calls: 0 } }])
    expect((await look(replies({ get: [10, 100_000] }))).state).toEqual(state)
  })

  test('says nothing of the gap when the server restarted or its counters were reset', async () => {
    const look = scripted(latency)
    await look(replies({ get: [100, 1000], set: [100, 1000] }))
    expect((await look(replies({ get: [5, 9000] }, 'b'))).readings).toEqual([])
    expect((await look(replies({ get: [9, 9010], set: [1, 1] }, 'b'))).readings).toHaveLength(1)
    expect((await look(replies({ get: [9, 9010] }, 'b'))).readings).toEqual([])
    expect((await look(replies({ get: [2, 20] }, 'b'))).readings).toEqual([])
    expect((await look(replies({ get: [3, 30] }, 'b'))).readings).toHaveLength(1)
  })

  test('has no automatic limit before it knows what is usual', async () => {
    const look = load()
    for (let n = 0; n <= 30; n++) {
      const { data } = await look(20)
      expect(data).toMatchObject({ baseline: 0 })
      expect(limitOf(data)).toBe(Number.MAX_SAFE_INTEGER)
    }
    const { data } = await look(5000)
    expect(data).toMatchObject({ currentLatency: 5, baseline: 0.02 })
    expect(limitOf(data)).toBeCloseTo(1.02, 2)
  })

  test('has a limit well above the noise, and never below a millisecond more', async () => {
    const look = load()
    let data: Readonly<Record<string, unknown>> = {}
    for (let n = 0; n < 200; n++) ({ data } = await look(2000 + 1000 * Math.sin(n * 7)))
    expect(limitOf(data)).toBeGreaterThan(5)
    expect(limitOf(data)).toBeLessThan(40)
  })

  test('does not learn an incident, but a new normal after half an hour', async () => {
    const look = load()
    for (let n = 0; n < 40; n++) await look(20)
    for (let n = 0; n < 300; n++)
      expect((await look(8000)).data).toMatchObject({ baseline: 0.02, limit: 1.02 })
    for (let n = 0; n < 100; n++) await look(8000)
    expect((await look(8000)).data).toMatchObject({ baseline: 8, limit: 24 })
  })

  test('is no spike where a command now and then is a little slow, but where it holds up others', async () => {
    const look = scripted(latency)
    let get = 0
    const gets = (more: Totals = {}) => {
      get += 1000
      return replies({ get: [get, get * 5], ...more })
    }
    for (let n = 0; n < 40; n++) await look(gets())
    const [few] = (await look(gets({ keys: [1, 6000] }))).readings
    expect(few?.data).toMatchObject({ currentLatency: 6, baseline: 0.005, command: 'keys' })
    expect(limitOf(few?.data ?? {})).toBeGreaterThan(10)
    const [more] = (await look(gets({ keys: [61, 366_000] }))).readings
    expect(limitOf(more?.data ?? {})).toBeLessThan(2)
    const [long] = (await look(gets({ keys: [62, 446_000] }))).readings
    expect(long?.data).toMatchObject({ currentLatency: 80 })
    expect(limitOf(long?.data ?? {})).toBeLessThan(20)
  })

  test('is a stall that the latency monitor saw, where that is longer, and once', async () => {
    const look = scripted(latency)
    const stalled = (at: number, ...samples: [number, number][]) => ({
      ...replies({ get: [at, at * 5] }),
      'LATENCY LATEST': samples.length === 0 ? [] : [['fork', samples.at(-1)?.[0] ?? 0, 150, 900]],
      'LATENCY HISTORY fork': samples,
      'CONFIG GET': ['latency-monitor-threshold', '100'],
    })
    await look(stalled(10, [1706457000, 900]))
    expect((await look(stalled(20, [1706457000, 900]))).readings).toMatchObject([
      { data: { currentLatency: 0.005, command: 'get' } },
    ])
    const told = await look(stalled(30, [1706457000, 900], [1706457611, 400], [1706457612, 150]))
    expect(told).toMatchObject({
      readings: [{ data: { currentLatency: 400, stall: 'fork', limit: 100 } }],
      capabilities: { monitor: true },
    })
    const after = await look(stalled(40, [1706457000, 900], [1706457611, 400], [1706457612, 150]))
    expect(after.readings).toMatchObject([{ data: { currentLatency: 0.005 } }])
    const off = { ...stalled(50), 'CONFIG GET': ['latency-monitor-threshold', '0'] }
    expect((await look(off, 300_000)).capabilities).toEqual({ monitor: false })
  })

  test('derives a limit for what is published with a baseline only', () => {
    expect(limitOf({ currentLatency: 50, baseline: 4 })).toBe(12)
  })
})

describe('on a real server', () => {
  let server: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    server = await serving()
  })
  afterAll(() => server.end())

  test('measures commands that block the server, and not our own looks', async () => {
    const { look, close } = watching(latency, server.url)
    const measured = async () => (await look()).readings.map(({ data }) => data)
    await look()
    expect(await measured()).toMatchObject([{ currentLatency: 0, calls: 0 }])
    const busy = 'for n = 1, 5000000 do end'
    await server.run(`EVAL ${busy.replaceAll(' ', '\n')} 0`)
    const [spike] = await measured()
    expect(spike).toMatchObject({ command: 'eval', calls: 1 })
    expect(spike?.currentLatency).toBeGreaterThan(1)
    await server.run('CONFIG RESETSTAT')
    expect(await measured()).toEqual([])
    close()
  })
})
