import { afterEach, describe, expect, test, vi } from 'vitest'
import replication from '../../plugins/replication.ts'
import { checkPlugin, type Reading } from '../../src/testing.ts'
import { scripted, serving, servingAt, watching } from './looks.ts'

const primary = (offset: number, replicas: Record<string, string>, runId = 'a') => ({
  INFO: {
    run_id: runId,
    role: 'master',
    master_repl_offset: offset,
    slave_priority: 1,
    ...replicas,
  },
})
const online = (offset: number, ip = '10.0.0.2') =>
  `ip=${ip},port=6379,state=online,offset=${offset},lag=0`
const replica = (fields: Record<string, string | number>, runId = 'b') => ({
  INFO: { run_id: runId, role: 'slave', master_link_status: 'up', ...fields },
})
const down = (seconds: number, more = {}) =>
  replica({ master_link_status: 'down', master_link_down_since_seconds: seconds, ...more })
const lags = ({ readings }: { readings: readonly Reading[] }) =>
  readings.map(({ data, subject }) => [subject, data.lagSeconds, data.reason])
const bob = '10.0.0.2:6379'

describe('conformance', () => {
  const healthy = primary(100, { slave0: online(100) })
  for (const { name, run } of checkPlugin(replication, { replies: healthy })) test(name, run)
})

describe('replication.lag, seen by a primary', () => {
  test('is nothing while replicas acknowledge what was written a moment ago', async () => {
    const look = scripted(replication)
    for (const offset of [1000, 2000, 3000]) {
      const { readings } = await look(primary(offset, { slave0: online(offset - 14) }))
      expect(readings).toMatchObject([
        { subject: bob, data: { lagSeconds: 0, masterLinkStatus: 'up', lagBytes: 14 } },
      ])
    }
  })

  test('is the age of the oldest data a replica lacks', async () => {
    const look = scripted(replication)
    await look(primary(1000, { slave0: online(1000), slave1: online(1000, '10.0.0.3') }))
    const frozen = (offset: number) =>
      primary(offset, { slave0: online(1500), slave1: online(offset, '10.0.0.3') })
    expect(lags(await look(frozen(1500)))[0]).toEqual([bob, 0, undefined])
    expect(lags(await look(frozen(2000)))[0]).toEqual([bob, 0, undefined])
    expect(lags(await look(frozen(3000)))[0]).toEqual([bob, 5, 'behind'])
    expect(lags(await look(frozen(3000)))).toEqual([
      [bob, 10, 'behind'],
      ['10.0.0.3:6379', 0, undefined],
    ])
    expect(lags(await look(primary(3100, { slave0: online(2999) })))).toEqual([[bob, 10, 'behind']])
    expect(lags(await look(primary(3100, { slave0: online(3100) })))).toEqual([[bob, 0, undefined]])
  })

  test('does not grow on an idle primary whose replica has everything', async () => {
    const look = scripted(replication)
    const idle = primary(1000, { slave0: online(1000) })
    const first = await look(idle)
    const later = await look(idle, 3_600_000)
    expect(lags(later)).toEqual([[bob, 0, undefined]])
    expect(later.state).toEqual(first.state)
  })

  test('waits for a first copy, but not for ever', async () => {
    const look = scripted(replication)
    const copying = primary(1000, {
      slave0: 'ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=0',
    })
    expect(lags(await look(copying))).toEqual([])
    expect(lags(await look(copying, 50_000))).toEqual([])
    expect(lags(await look(copying, 20_000))).toEqual([[bob, 70, 'syncing']])
    expect(lags(await look(primary(1000, { slave0: online(1000) })))).toEqual([[bob, 0, undefined]])
  })

  test('goes on for a replica that was behind when it left, for an hour', async () => {
    const look = scripted(replication)
    await look(primary(1000, { slave0: online(1000) }))
    await look(primary(2000, { slave0: online(1000) }))
    expect(lags(await look(primary(2000, { slave0: online(1000) })))).toEqual([[bob, 5, 'behind']])
    expect(lags(await look(primary(2000, {}), 60_000))).toEqual([[bob, 65, 'disconnected']])
    expect(lags(await look(primary(2000, {}), 3_600_000))).toEqual([[bob, 0, undefined]])
    expect(lags(await look(primary(2000, {})))).toEqual([])
  })

  test('is over with a replica that had everything and left', async () => {
    const look = scripted(replication)
    await look(primary(1000, { slave0: online(1000) }))
    expect(lags(await look(primary(2000, {})))).toEqual([])
  })

  test('is over with the part of a primary', async () => {
    const look = scripted(replication)
    await look(primary(1000, { slave0: online(1000) }))
    await look(primary(2000, { slave0: online(1000) }))
    await look(primary(2000, { slave0: online(1000) }))
    const { readings } = await look(replica({}, 'a'))
    expect(lags({ readings })).toEqual([
      ['', 0, undefined],
      [bob, 0, undefined],
    ])
  })

  test('begins anew when the primary restarted', async () => {
    const look = scripted(replication)
    await look(primary(9000, { slave0: online(9000) }))
    await look(primary(9500, { slave0: online(9000) }))
    const { readings } = await look(primary(10, { slave0: online(5) }, 'c'))
    expect(lags({ readings })).toEqual([[bob, 0, undefined]])
  })

  test('needs little memory, however long a replica is behind', async () => {
    const look = scripted(replication)
    for (let n = 1; n < 300; n++) await look(primary(n * 1000, { slave0: online(500) }))
    const { readings, state } = await look(primary(300_000, { slave0: online(500) }))
    expect(lags({ readings })).toEqual([[bob, 299 * 5, 'behind']])
    expect(JSON.stringify(state).length).toBeLessThan(2500)
  })
})

describe('replication.lag, seen by a replica', () => {
  test('is nothing on an idle link, which is silent for ten seconds between pings', async () => {
    const look = scripted(replication)
    expect(lags(await look(replica({ master_last_io_seconds_ago: 10 })))).toEqual([
      ['', 0, undefined],
    ])
    expect(lags(await look(replica({ master_last_io_seconds_ago: 26 })))).toEqual([
      ['', 26, 'silent_primary'],
    ])
  })

  test('is how long the link has been down', async () => {
    const look = scripted(replication)
    const { readings } = await look(down(12))
    expect(readings).toMatchObject([
      { data: { lagSeconds: 12, masterLinkStatus: 'down', reason: 'link_down' } },
    ])
  })

  test('counts from the first look where no copy has arrived yet', async () => {
    const look = scripted(replication)
    expect(lags(await look(down(-1)))).toEqual([['', 0, 'link_down']])
    expect(lags(await look(down(-1), 20_000))).toEqual([['', 20, 'link_down']])
    expect(lags(await look(replica({})))).toEqual([['', 0, undefined]])
    expect(lags(await look(down(-1)))).toEqual([['', 0, 'link_down']])
  })

  test('has a grace while everything is copied', async () => {
    const look = scripted(replication, { syncGraceSeconds: 30 })
    const copying = (seconds: number) => down(seconds, { master_sync_in_progress: 1 })
    expect(lags(await look(copying(10)))).toEqual([])
    expect(lags(await look(copying(40)))).toEqual([['', 40, 'syncing']])
  })

  test('is over with the part of a replica', async () => {
    const look = scripted(replication)
    await look(down(12))
    expect(lags(await look(primary(10, {}, 'b')))).toEqual([['', 0, undefined]])
    expect(lags(await look(primary(10, {}, 'b')))).toEqual([])
  })
})

describe('on real servers', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()))
  })
  const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1']
  async function pair(...args: string[]) {
    const first = await serving(...quick)
    const second = await serving('--replicaof', '127.0.0.1', `${first.port}`, ...args)
    ends.push(first.end, second.end)
    return [first, second] as const
  }
  const watched = (url: string) => {
    const { look, close } = watching(replication, url)
    ends.push(close)
    return async (now?: number) => lags(await look(now))
  }
  const patience = { timeout: 10_000, interval: 50 }

  test('a frozen and a dead primary are lag for their replica, until they are back', async () => {
    const [first, second] = await pair('--repl-timeout', '2')
    const look = watched(second.url)
    const healthy = async () => expect(await look()).toEqual([['', 0, undefined]])
    const lagging = async () => expect((await look())[0]?.[1]).toBeGreaterThanOrEqual(1)
    await vi.waitFor(healthy, patience)
    first.pause()
    await vi.waitFor(lagging, patience)
    first.resume()
    await vi.waitFor(healthy, patience)
    await first.end()
    await vi.waitFor(lagging, patience)
    const again = await servingAt(first.port, ...quick)
    ends.push(again.end)
    await vi.waitFor(healthy, patience)
  })

  test('a frozen replica is lag for its primary, until it goes on', async () => {
    const [first, second] = await pair()
    const look = watched(first.url)
    const subject = `127.0.0.1:${second.port}`
    const start = Date.now()
    const healthy = async () => expect(await look(start)).toEqual([[subject, 0, undefined]])
    const acknowledged = async () => {
      await healthy()
      const info = String(await first.run('INFO replication'))
      const [, offset] = /master_repl_offset:(\d+)/.exec(info) ?? []
      expect(info).toContain(`offset=${offset},`)
    }
    await vi.waitFor(acknowledged, patience)
    second.pause()
    await first.run('SET key value')
    expect(await look(start + 5000)).toEqual([[subject, 0, undefined]])
    await first.run('SET key value')
    expect(await look(start + 20_000)).toEqual([[subject, 15, 'behind']])
    second.resume()
    const caughtUp = async () =>
      expect(await look(start + 25_000)).toEqual([[subject, 0, undefined]])
    await vi.waitFor(caughtUp, patience)
  })
})
