import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import slowlog from '../../plugins/slowlog.ts'
import { checkPlugin } from '../../src/testing.ts'
import { scripted, serving, watching } from './looks.ts'

/** An entry of SLOWLOG GET, five seconds into the scripted looks. */
const entry = (id: number, { client = '10.0.0.1:5000', time = 1706457605 } = {}) => [
  id,
  time,
  20000,
  ['get', 'key'],
  client,
  '',
]
const replies = (entries: (number | string | string[])[][], runId = 'a') => ({
  INFO: { run_id: runId },
  'CONFIG GET': ['slowlog-log-slower-than', '10000'],
  'CLIENT INFO': 'id=3 addr=10.0.0.9:6000 laddr=10.0.0.2:6379 name= user=default',
  'SLOWLOG GET 1': entries.slice(0, 1),
  'SLOWLOG GET': entries,
})
const counts = ({ readings }: { readings: readonly { data: Record<string, unknown> }[] }) =>
  readings.map(({ data }) => data.slowlogCount)

describe('conformance', () => {
  for (const { name, run } of checkPlugin(slowlog, { replies: replies([entry(7)]) }))
    test(name, run)
})

describe('slowlog.threshold', () => {
  test('does not count what was logged before the first look', async () => {
    const look = scripted(slowlog)
    expect(counts(await look(replies([entry(7), entry(6)])))).toEqual([0])
  })

  test('counts by ids, also what the log no longer holds', async () => {
    const look = scripted(slowlog)
    await look(replies([entry(7)]))
    expect(counts(await look(replies([entry(507), entry(506)])))).toEqual([500])
  })

  test('clears: what is older than five minutes does not count', async () => {
    const look = scripted(slowlog)
    await look(replies([entry(7)]))
    const burst = replies([entry(157)])
    expect(counts(await look(burst))).toEqual([150])
    expect(counts(await look(burst, 280_000))).toEqual([150])
    expect(counts(await look(burst, 30_000))).toEqual([0])
  })

  test('holds the window against the clock of the server', async () => {
    const look = scripted(slowlog)
    const ahead = (entries: Parameters<typeof replies>[0]) => ({
      ...replies(entries),
      INFO: { run_id: 'a', server_time_usec: 2000000000_000000 },
    })
    await look(ahead([]))
    const found = [entry(1, { time: 1999999990 }), entry(0, { time: 1999999000 })]
    expect(counts(await look(ahead(found)))).toEqual([1])
  })

  test('leaves out our own commands, also those of the connection before', async () => {
    const look = scripted(slowlog)
    await look(replies([]))
    await look(replies([entry(0, { client: '10.0.0.9:6000' })]))
    const reconnected = {
      ...replies([entry(2, { client: '10.0.0.9:6000' }), entry(1, { client: '10.0.0.9:7000' })]),
      'CLIENT INFO': 'id=4 addr=10.0.0.9:7000 name=',
    }
    expect(counts(await look(reconnected))).toEqual([0])
  })

  test('keeps counting through SLOWLOG RESET, after which ids run on', async () => {
    const look = scripted(slowlog)
    await look(replies([entry(10)]))
    expect(counts(await look(replies([])))).toEqual([0])
    expect(counts(await look(replies([entry(13)])))).toEqual([3])
  })

  test('counts nothing of the gap when the server restarted or ids went back', async () => {
    const look = scripted(slowlog)
    await look(replies([entry(10)]))
    expect(counts(await look(replies([entry(50)], 'b')))).toEqual([0])
    expect(counts(await look(replies([entry(3)], 'b')))).toEqual([0])
    expect(counts(await look(replies([entry(4)], 'b')))).toEqual([1])
  })

  test('says nothing while the log is off, and begins anew when it is on again', async () => {
    const look = scripted(slowlog)
    const off = { ...replies([entry(5)]), 'CONFIG GET': ['slowlog-log-slower-than', '-1'] }
    expect(counts(await look(off))).toEqual([])
    expect(await look(replies([entry(50)]))).toMatchObject({ readings: [] })
    expect(counts(await look(replies([entry(50)]), 300_000))).toEqual([0])
  })

  test('asks for one entry only while nothing is slow, and leaves its state as it is', async () => {
    const look = scripted(slowlog)
    const { state } = await look(replies([entry(7)]))
    const quiet = await look(replies([entry(7)]))
    expect(quiet.calls).toEqual(['INFO all', 'SLOWLOG GET 1'])
    expect(quiet.state).toEqual(state)
  })
})

describe('on a real server', () => {
  let server: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    server = await serving('--slowlog-log-slower-than', '0', '--slowlog-max-len', '20')
  })
  afterAll(() => server.end())

  test('a burst beyond the log and a RESET count in full, our own looks do not', async () => {
    const watched = watching(slowlog, server.url)
    expect(counts(await watched.look())).toEqual([0])
    await Promise.all(Array.from({ length: 60 }, () => server.run('ECHO hello')))
    const [burst] = counts(await watched.look())
    // All 60, and those commands of the first look that the burst drove out of the log.
    expect(burst).toBeGreaterThanOrEqual(60)
    expect(burst).toBeLessThanOrEqual(64)
    await server.run('SLOWLOG RESET')
    await server.run('ECHO hello')
    const [after] = counts(await watched.look())
    expect(Number(after) - Number(burst)).toBeGreaterThanOrEqual(2)
    expect(Number(after) - Number(burst)).toBeLessThanOrEqual(6)
    const [quiet] = counts(await watched.look())
    expect(quiet).toBe(after)
    watched.close()
  })
})
