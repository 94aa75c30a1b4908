import { describe, expect, test } from 'vitest'
import anomaly from '../../plugins/anomaly.ts'
import { checkPlugin } from '../../src/testing.ts'
import { scripted, serving, watching } from './looks.ts'

describe('conformance', () => {
  for (const { name, run } of checkPlugin(anomaly)) test(name, run)
})

test('the limit an anomaly exceeded is part of its data, no webhook sets one', () => {
  const [event] = anomaly.events
  expect(event?.threshold).toBeUndefined()
  const { message: _, ...data } = event?.example ?? { message: '' }
  expect(event?.data.parse(data)).toMatchObject({ threshold: 3 })
})

const quiet = {
  run_id: 'a',
  connected_clients: 40,
  used_memory: 500_000_000,
  total_net_input_bytes: 0,
  total_net_output_bytes: 0,
  evicted_keys: 0,
  keyspace_misses: 0,
  total_connections_received: 0,
}

/** Looks five minutes apart at a server that runs so many commands a second in between. */
function load(config?: { metrics: ('memory' | 'ops_per_sec')[] }) {
  const look = scripted(anomaly, config)
  let total = 0
  const run = (
    opsPerSec: number,
    fields: Readonly<Record<string, string | number>> = {},
    ms = 300_000,
  ) => {
    total += (opsPerSec * ms) / 1000
    return look({ INFO: { ...quiet, total_commands_processed: total, ...fields } }, ms)
  }
  const learn = async (looks: number) => {
    for (let at = 0; at < looks; at++) {
      const { readings } = await run(1000 + ((at * 7919) % 61))
      expect(readings).toEqual([])
    }
  }
  return {
    run,
    learn,
    reset: () => {
      total = 0
    },
  }
}

describe('anomaly.detected', () => {
  test('tells of traffic that falls to zero, of the metric alone, once', async () => {
    const { run, learn } = load()
    await learn(400)
    const { readings } = await run(0)
    expect(readings).toMatchObject([
      {
        type: 'anomaly.detected',
        subject: 'ops_per_sec',
        data: {
          metricType: 'ops_per_sec',
          anomalyType: 'drop',
          severity: 'critical',
          value: 0,
          threshold: 0.5,
          reason: 'out_of_range',
        },
      },
    ])
    const { baseline, stdDev, zScore, timestamp, anomalyId } = readings[0]?.data ?? {}
    expect(baseline).toBeCloseTo(1030, -2)
    expect(zScore).toBeCloseTo(-Number(baseline) / Number(stdDev), 0)
    expect(anomalyId).toMatch(new RegExp(`^anom-.+-ops_per_sec-${timestamp}$`))
    for (let at = 0; at < 50; at++) expect((await run(0)).readings).toEqual([])
  })

  test('tells of spikes of what is no counter', async () => {
    const { run, learn } = load()
    await learn(300)
    const { readings } = await run(1000, { connected_clients: 400 })
    expect(readings).toMatchObject([
      { subject: 'connections', data: { anomalyType: 'spike', value: 400, baseline: 40 } },
    ])
  })

  test('does not tell of changes too small to matter', async () => {
    const { run, learn } = load()
    await learn(300)
    const { readings } = await run(1030, { connected_clients: 42, used_memory: 500_900_000 })
    expect(readings).toEqual([])
  })

  test('tells of a burst and of an outage where looks are a quarter of a second apart', async () => {
    const { run } = load({ metrics: ['ops_per_sec'] })
    for (let at = 0; at < 80; at++) await run(100 + ((at * 7919) % 21), {}, 250)
    expect((await run(40_000, {}, 250)).readings).toMatchObject([
      { data: { anomalyType: 'spike', severity: 'critical' } },
    ])
    for (let at = 0; at < 20; at++) expect((await run(110, {}, 250)).readings).toEqual([])
    expect((await run(0, {}, 250)).readings).toMatchObject([{ data: { anomalyType: 'drop' } }])
  })

  test('takes a client that connects to an idle server for no spike', async () => {
    const { run } = load()
    const [bytes, apart] = [6000, 250]
    for (let at = 0; at < 80; at++) await run(16, { total_net_output_bytes: at * bytes }, apart)
    // Ten commands and a connection in a quarter of a second, and an answer of 30 kB.
    const { readings } = await run(
      56,
      { total_connections_received: 1, total_net_output_bytes: 80 * bytes + 30_000 },
      apart,
    )
    expect(readings).toEqual([])
  })

  test('takes our own looks that become rarer for no outage', async () => {
    const { run } = load()
    for (let at = 0; at < 80; at++) await run(24, {}, 250)
    for (let at = 0; at < 10; at++) expect((await run(1, {}, 6000)).readings).toEqual([])
  })

  test('skips the gap of a restart and of CONFIG RESETSTAT, and keeps what it learned', async () => {
    const { run, learn, reset } = load()
    await learn(300)
    reset()
    expect((await run(1, { run_id: 'b' })).readings).toEqual([])
    for (let at = 0; at < 5; at++) expect((await run(1030, { run_id: 'b' })).readings).toEqual([])
    reset()
    expect((await run(1, { run_id: 'b' })).readings).toEqual([])
    expect((await run(1030, { run_id: 'b' })).readings).toEqual([])
    expect((await run(90_000, { run_id: 'b' })).readings).toMatchObject([
      { subject: 'ops_per_sec', data: { anomalyType: 'spike' } },
    ])
  })

  test('takes rates over the real time between looks', async () => {
    const { run, learn } = load()
    await learn(300)
    for (const ms of [300_000, 20_000, 900_000, 60_000])
      expect((await run(1030, {}, ms)).readings).toEqual([])
  })

  test('looks at the metrics it is told to, from the score it is told', async () => {
    const { run, learn } = load({ metrics: ['memory'] })
    await learn(300)
    expect((await run(0)).readings).toEqual([])
    const { readings, state } = await run(0, { used_memory: 900_000_000 })
    expect(readings).toMatchObject([{ subject: 'memory' }])
    expect(Object.keys(state?.series ?? {})).toEqual(['memory'])
  })

  test('keeps at most 8 KB a metric', async () => {
    const { run, learn } = load()
    await learn(600)
    const { state } = await run(1000)
    const sizes = Object.values(state?.series ?? {}).map((it) => JSON.stringify(it).length)
    expect(sizes).toHaveLength(8)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8192)
  })
})

test('a real server with nobody on it but us has no anomaly, and a burst on it is one', async () => {
  const server = await serving()
  const { look, close } = watching(anomaly, server.url)
  try {
    let now = 1706457600000
    for (let at = 0; at < 200; at++) {
      // As if a five-minute interval had passed: only our own commands were counted in it.
      now += 300_000 + (at % 7) * 1000
      expect((await look(now)).readings).toEqual([])
    }
    await Promise.all(Array.from({ length: 2000 }, () => server.run('SET key value')))
    const { readings } = await look(now + 1000)
    expect(readings.map(({ subject }) => subject)).toContain('ops_per_sec')
  } finally {
    close()
    await server.end()
  }
})
