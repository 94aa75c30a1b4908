import fc from 'fast-check'
import { ValkeyError } from 'tocsin/plugin'
import { checkPlugin, type InfoFields, poll, type Replies } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import connections from '../../plugins/connections.ts'

const [critical, spike] = connections.events
const interval = 5000
const start = 1706457600000

type State = z.output<NonNullable<typeof connections.state>>

async function look(replies: Replies, state?: State, now = start) {
  const polled = await poll(connections, replies, { state, now })
  const data = (type: string) => polled.readings.find((reading) => reading.type === type)?.data
  return { ...polled, critical: data('connection.critical'), spike: data('connection.spike') }
}
const info = (fields: InfoFields): Replies => ({ INFO: fields })

describe('connection.critical', () => {
  test('holds what the seed prints, under its names and those of the product', async () => {
    const { critical: data } = await look(info({ connected_clients: 9520, maxclients: 10000 }))
    expect(data).toEqual({
      metric: 'connected_clients_percent',
      value: 95.2,
      maxClients: 10000,
      connectedClients: 9520,
      currentConnections: 9520,
      maxConnections: 10000,
      usedPercent: 95.2,
    })
    expect(critical?.message({ ...data }, 90)).toBe(
      'Connection usage critical: 95.2% (threshold: 90%)',
    )
  })

  test('counts replicas and cluster links, which take a place too', async () => {
    const { critical: data } = await look(
      info({ connected_clients: 80, connected_slaves: 4, cluster_connections: 6, maxclients: 100 }),
    )
    expect(data).toMatchObject({ value: 90, connectedClients: 90 })
  })

  test('reaches a threshold exactly when the connections do', async () => {
    const count = fc.integer({ min: 1, max: 70000 })
    await fc.assert(
      fc.asyncProperty(count, count, async (connected_clients, maxclients) => {
        const { critical: data } = await look(info({ connected_clients, maxclients }))
        const value = critical?.threshold?.value({ ...data }) ?? Number.NaN
        for (const threshold of [1, 29, 57, 58, 90, 99, 100])
          expect(value >= threshold).toBe(connected_clients * 100 >= maxclients * threshold)
      }),
    )
  })

  test('asks CONFIG for the limit where INFO lacks it', async () => {
    const replies = {
      ...info({ connected_clients: 50 }),
      'CONFIG GET maxclients': ['maxclients', '200'],
    }
    const { critical: data, calls } = await look(replies)
    expect(data).toMatchObject({ value: 25, maxClients: 200 })
    expect(calls).toEqual(['INFO all', 'CONFIG GET maxclients'])
    expect((await look(info({ connected_clients: 50, maxclients: 100 }))).calls).toEqual([
      'INFO all',
    ])
  })

  test.each(['denied', 'unsupported'] as const)(
    'is not known where CONFIG is %s too, which is said',
    async (fault) => {
      const refused = { ...info({ connected_clients: 50 }), CONFIG: new ValkeyError(fault, fault) }
      const { critical, spike, capabilities } = await look(refused)
      expect(critical).toBeUndefined()
      expect(spike).toMatchObject({ currentConnections: 50 })
      expect(capabilities).toEqual({ maxclients: false })
      const told = await look(info({ connected_clients: 50, maxclients: 100 }))
      expect(told.capabilities).toEqual({ maxclients: true })
    },
  )

  test('is not known where the limit makes no sense', async () => {
    const replies = { ...info({ connected_clients: 50 }), CONFIG: [] }
    expect((await look(replies)).critical).toBeUndefined()
  })

  test('passes on that the server went silent', async () => {
    const replies = {
      ...info({ connected_clients: 50 }),
      CONFIG: new ValkeyError('timeout', 'late'),
    }
    await expect(look(replies)).rejects.toMatchObject({ fault: 'timeout' })
  })

  test('is 100 % where the server is too full to say, with the last limit it told', async () => {
    const full = { INFO: new ValkeyError('max_clients', 'full') }
    const before = await look(info({ connected_clients: 50, maxclients: 64 }))
    const after = await look(full, before.state, start + interval)
    expect(after.critical).toMatchObject({ value: 100, maxClients: 64, connectedClients: 64 })
    expect(after.spike).toBeUndefined()
    expect(after.state).toEqual(before.state)
    expect((await look(full)).critical).toEqual({
      metric: 'connected_clients_percent',
      value: 100,
      usedPercent: 100,
    })
  })

  test('is not known where the server does not count its clients', async () => {
    expect((await look(info({ maxclients: 5 }))).readings).toEqual([])
  })
})

describe('connection.spike', () => {
  const limit = (data: Readonly<Record<string, unknown>> | undefined) =>
    spike?.threshold?.auto?.({ ...data }) ?? Number.NaN

  /** Looks every five seconds; what each saw, whether it was above the baseline's limit, and the state. */
  async function watch(counts: readonly number[], from?: State, startsAt = start) {
    let state = from
    let writes = 0
    const fired: number[] = []
    let last: Readonly<Record<string, unknown>> | undefined
    for (const [index, connected_clients] of counts.entries()) {
      const polled = await look(
        info({ connected_clients, maxclients: 10000 }),
        state,
        startsAt + index * interval,
      )
      if (JSON.stringify(polled.state) !== JSON.stringify(state)) writes += 1
      state = polled.state
      last = polled.spike
      if (connected_clients >= limit(last)) fired.push(index)
    }
    return { fired, state, last, writes }
  }
  const steady = (length: number, count: number) => Array.from({ length }, () => count)

  test('is the count of connections, held against a limit that a webhook sets', async () => {
    const { spike: data } = await look(
      info({ connected_clients: 480, connected_slaves: 2, maxclients: 500 }),
    )
    expect(data).toEqual({ currentConnections: 482, timestamp: start })
    expect(spike?.threshold?.value({ ...data })).toBe(482)
    expect(spike?.message({ ...data }, 400)).toBe(
      'Connection spike: 482 connections (threshold: 400)',
    )
  })

  test('never fires by itself in the first 30 looks, whatever comes', async () => {
    const { fired, last } = await watch([...steady(15, 1), ...steady(15, 5000)])
    expect(fired).toEqual([])
    expect(limit(last)).toBe(Number.MAX_SAFE_INTEGER)
    expect(last).not.toHaveProperty('baseline')
  })

  test('fires by itself at twice the usual number', async () => {
    expect((await watch([...steady(40, 100), 199])).fired).toEqual([])
    expect((await watch([...steady(40, 100), 200])).fired).toEqual([40])
  })

  test('does not fire where few become a few more', async () => {
    expect((await watch([...steady(40, 2), 10, 20])).fired).toEqual([])
    expect((await watch([...steady(40, 2), 25])).fired).toEqual([40])
  })

  test('knows how far the number strays, and says so', async () => {
    const noisy = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 20 : 180))
    const { fired, last } = await watch([...noisy, 300])
    expect(fired).toEqual([])
    expect(last?.baseline).toBeGreaterThan(90)
    expect(last?.stdDev).toBeGreaterThan(70)
  })

  test('does not take the spike for usual while it lasts, and knows when it is over', async () => {
    const before = await watch(steady(40, 100))
    const during = await watch(steady(100, 400), before.state, start + 40 * interval)
    expect(during.fired).toHaveLength(100)
    expect(during.last).toMatchObject({ baseline: 100 })
    const after = await watch([100, 400], during.state, start + 140 * interval)
    expect(after.fired).toEqual([1])
  })

  test('takes what lasts for an hour for the new level and learns it', async () => {
    const before = await watch(steady(40, 100))
    const long = await watch(steady(760, 400), before.state, start + 40 * interval)
    expect(long.fired).toHaveLength(720 + 1)
    expect(long.last).toMatchObject({ baseline: 400 })
  })

  test('goes along with slow growth', async () => {
    const growth = Array.from({ length: 1000 }, (_, index) => 100 + Math.floor(index / 4))
    expect((await watch(growth)).fired).toEqual([])
  })

  test('costs no writes on a server whose connections do not change', async () => {
    const learned = await watch(steady(250, 42))
    expect((await watch(steady(50, 42), learned.state, start + 250 * interval)).writes).toBe(0)
  })

  test('keeps a baseline within what was seen', async () => {
    const counts = fc.array(fc.integer({ min: 0, max: 10000 }), { minLength: 31, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(counts, async (seen) => {
        const { last } = await watch(seen)
        if (last?.baseline === undefined) return
        expect(last.baseline).toBeGreaterThanOrEqual(Math.min(...seen) - 0.5)
        expect(last.baseline).toBeLessThanOrEqual(Math.max(...seen) + 0.5)
        expect(limit(last)).toBeGreaterThanOrEqual(20)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the plugin', () => {
  for (const check of checkPlugin(connections)) test(check.name, check.run)
})

describe('the plugin on a server before 7.0', () => {
  const replies = {
    INFO: { redis_version: '6.0.16', connected_clients: 12, connected_slaves: 1 },
    'CONFIG GET maxclients': ['maxclients', '10000'],
  }
  for (const check of checkPlugin(connections, { replies })) test(check.name, check.run)
})
