import { randomBytes } from 'node:crypto'
import type { Plugin, Valkey } from 'tocsin/plugin'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import { pollOver, type Reading } from '../../src/testing/poll.ts'
import { connect } from '../../src/valkey/connection.ts'
import { lookAt } from '../../src/valkey/look.ts'
import { serving, servingAt } from './looks.ts'

type Server = Awaited<ReturnType<typeof serving>>
const patience = { timeout: 15_000, interval: 50 }
const thresholds = new Map(
  builtInPlugins.flatMap(({ events }) => events.map((event) => [event.type, event.threshold])),
)

/** Whether a webhook with the default settings would be called. */
function alarms({ type, data }: Reading): boolean {
  const threshold = thresholds.get(type)
  if (threshold === undefined) return true
  const limit = threshold.default || threshold.auto?.(data) || Number.POSITIVE_INFINITY
  return Number(threshold.value(data)) >= limit
}

/** Every plugin looks at a server over one connection, by a clock that each look says how far to move. */
function watchingAll(url: string) {
  const connection = connect({ url, timeoutMs: 3000 })
  const states = new Map<string, unknown>()
  let now = Date.now()
  const lookWith = async (plugin: Plugin, shared: Valkey) => {
    const state = states.get(plugin.name)
    const polled = await pollOver(plugin, { ...shared, close() {} }, { state, now })
    states.set(plugin.name, polled.state)
    return polled.readings.filter(alarms).map(({ type }) => type)
  }
  return {
    /** What a webhook subscribed to everything would be sent. */
    async look(times = 1, afterMs = 5000): Promise<string[]> {
      const told: string[] = []
      for (let n = 0; n < times; n++) {
        now += afterMs
        // Plugins share their answers, as in a look of the service.
        const shared = lookAt(connection)
        for (const plugin of builtInPlugins) told.push(...(await lookWith(plugin, shared)))
      }
      return told
    },
    close: () => connection.close(),
  }
}

describe('a quiet server', () => {
  // Everything we send is logged as slow, and watched by the latency monitor.
  const args = ['--slowlog-log-slower-than', '0', '--latency-monitor-threshold', '1']
  let server: Server
  let all: ReturnType<typeof watchingAll>
  beforeAll(async () => {
    server = await serving(...args)
    await server.run('AUTH nobody wrong').catch(() => {})
    all = watchingAll(server.url)
    // What was in its records before the first look is not told, nor are our own commands.
    expect(await all.look(90)).toEqual([])
  })
  afterAll(async () => {
    all.close()
    await server.end()
  })

  test('of which every record is reset, one by one and together', async () => {
    const resets = ['SLOWLOG RESET', 'CONFIG RESETSTAT', 'ACL LOG RESET', 'LATENCY RESET']
    for (const reset of resets) {
      await server.run(reset)
      expect([reset, ...(await all.look(3))]).toEqual([reset])
    }
    for (const reset of resets) await server.run(reset)
    expect(await all.look(3)).toEqual([])
  })

  test('that somebody logs in to and asks for a few things', async () => {
    for (const line of ['PING', 'INFO', 'CONFIG GET *', 'ACL LIST', 'CLIENT LIST', 'SLOWLOG GET'])
      await server.run(line)
    expect(await all.look(3)).toEqual([])
  })

  test('while our clock is set back and forth, and after we were away for an hour', async () => {
    for (const afterMs of [-3_600_000, 5000, 7_200_000, 5000, -60_000, 5000])
      expect(await all.look(1, afterMs)).toEqual([])
  })

  test('that was restarted between two looks, and has forgotten everything', async () => {
    const { port } = server
    await server.end()
    server = await servingAt(port, ...args, '--maxmemory', '100mb')
    expect(await all.look(5)).toEqual([])
    // More than a check of everything later.
    expect(await all.look(5, 100_000)).toEqual([])
  })
})

describe('a pair', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  const start = async (...args: string[]) => {
    const server = await serving('--repl-diskless-sync-delay', '0', ...args)
    ends.push(server.end)
    return server
  }
  const watch = ({ url }: Server) => {
    const all = watchingAll(url)
    ends.push(all.close)
    return all
  }
  const linked = async ({ run }: Server) =>
    expect(await run('INFO replication')).toContain('master_link_status:up')

  test('whose replica is new and loads a copy raises nothing', async () => {
    const first = await start()
    for (let n = 0; n < 12; n++)
      await first.run(`SET key:${n} ${randomBytes(512 * 1024).toString('base64')}`)
    const [primary, second] = [watch(first), await start('--key-load-delay', '100000')]
    const replica = watch(second)
    expect([await primary.look(3), await replica.look(3)]).toEqual([[], []])
    await second.run(`REPLICAOF 127.0.0.1 ${first.port}`)
    const loads = () => expect(second.run('PING')).rejects.toMatchObject({ fault: 'loading' })
    await vi.waitFor(loads, { ...patience, interval: 5 })
    const copied = async () => {
      expect([await primary.look(1, 100), await replica.look(1, 100)]).toEqual([[], []])
      await linked(second)
    }
    await vi.waitFor(copied, patience)
    expect([await primary.look(3), await replica.look(3)]).toEqual([[], []])
  })

  test('that changes roles as planned tells of the failover, once each, and of nothing else', async () => {
    const first = await start()
    const second = await start('--replicaof', '127.0.0.1', `${first.port}`)
    await vi.waitFor(() => linked(second), patience)
    const [a, b] = [watch(first), watch(second)]
    expect([await a.look(2), await b.look(2)]).toEqual([[], []])
    await first.run('FAILOVER')
    const told: [string[], string[]] = [[], []]
    const look = async () => {
      told[0].push(...(await a.look(1, 1000)))
      told[1].push(...(await b.look(1, 1000)))
    }
    const switched = async () => {
      await look()
      await linked(first)
    }
    await vi.waitFor(switched, patience)
    for (let n = 0; n < 5; n++) await look()
    expect(told).toEqual([['cluster.failover'], ['cluster.failover']])
  })
})
