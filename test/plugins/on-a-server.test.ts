import { poll, type Replies } from 'tocsin/testing'
import { afterEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import connections from '../../plugins/connections.ts'
import health from '../../plugins/health.ts'
import memory from '../../plugins/memory.ts'
import { type StartedValkey, type StartOptions, startValkey } from '../../src/cli/valkey-server.ts'
import { connect, type ValkeyConnection } from '../../src/valkey/connection.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

function to(server: StartedValkey, timeoutMs = 2000): ValkeyConnection {
  const connection = connect({ url: server.url, timeoutMs })
  cleanups.push(connection.close)
  return connection
}

async function start(options?: StartOptions): Promise<StartedValkey> {
  const server = await startValkey(options)
  cleanups.push(server.stop)
  return server
}

/** The answers of a real server in place of a script. */
function asked(connection: ValkeyConnection): Replies {
  const forward = (command: string) => [
    command,
    (...args: readonly (string | number)[]) => connection.call(command, ...args),
  ]
  return Object.fromEntries(['PING', 'INFO', 'CONFIG'].map(forward))
}

describe('on a real server', () => {
  test('memory that fills up is read, and so is the relief', async () => {
    const server = await start({ args: ['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction'] })
    const valkey = to(server)
    const percent = async () => {
      const { readings } = await poll(memory, asked(valkey))
      expect(readings.map(({ type }) => type)).toEqual(['memory.critical', 'compliance.alert'])
      return Number(readings[0]?.data.value)
    }
    const empty = await percent()
    expect(empty).toBeLessThan(60)
    await valkey.call('SET', 'filling', 'x'.repeat(3_000_000))
    expect(await percent()).toBeGreaterThan(empty + 30)
    await valkey.call('FLUSHALL', 'SYNC')
    await valkey.call('CONFIG', 'SET', 'maxmemory', 0)
    expect(await percent()).toBe(0)
  })

  test('connections are counted against its limit', async () => {
    const server = await start({ args: ['--maxclients', '10'] })
    const others = Array.from({ length: 6 }, () => to(server))
    for (const other of others) await other.call('PING')
    const { readings, state } = await poll(connections, asked(to(server)))
    const [critical] = readings
    expect(critical?.data).toMatchObject({ maxClients: 10, value: expect.any(Number) })
    expect(critical?.data.value).toBe(Number(critical?.data.connectedClients) * 10)
    expect(critical?.data.connectedClients).toBeGreaterThanOrEqual(7)

    while ((await Promise.allSettled([to(server).call('PING')]))[0]?.status === 'fulfilled');
    const full = await poll(connections, asked(to(server)), { state })
    expect(full.readings).toMatchObject([{ data: { value: 100, maxClients: 10 } }])
  })

  test('a frozen, a dead and a revived one are told', async () => {
    const server = await start()
    const valkey = to(server, 200)
    let now = 1706457600000
    let state: z.output<NonNullable<typeof health.state>> | undefined
    async function look() {
      const polled = await poll(health, asked(valkey), { state, now })
      now += 1000
      state = polled.state
      return { ...polled, said: polled.readings.map(({ data }) => data.reason) }
    }
    expect((await look()).said).toEqual([])
    server.pause()
    expect((await look()).said).toEqual([])
    expect((await look()).said).toEqual(['No answer within 200 ms'])
    server.resume()
    expect((await look()).said).toEqual(['Connection restored'])
    await server.stop()
    expect((await look()).said).toEqual(['Connection refused'])
    await start({ port: server.port })
    expect((await look()).said).toEqual(['Connection restored'])
  })
})
