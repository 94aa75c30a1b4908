import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import logins from '../../plugins/logins.ts'
import { ValkeyError } from '../../src/plugin/valkey.ts'
import { checkPlugin } from '../../src/testing.ts'
import { denial } from './denials.ts'
import { scripted, serving, watching } from './looks.ts'

type Log = readonly ReturnType<typeof denial>[]
/** A server of 7.2 or newer. */
const replies = (failed: number, log: Log, runId = 'a') => ({
  INFO: { run_id: runId, total_error_replies: failed, acl_access_denied_auth: failed },
  'ACL LOG': log,
})
/** Redis 7.0. */
const older = (failed: number, log: Log) => ({
  INFO: { run_id: 'a', total_error_replies: 9, errorstat_WRONGPASS: `count=${failed}` },
  'ACL LOG': log,
})
const seen = ({ readings }: { readings: readonly { data: Record<string, unknown> }[] }) =>
  readings.map(({ data }) => [data.username, data.count])

describe('conformance', () => {
  for (const { name, run } of checkPlugin(logins, { replies: replies(1, [denial({ id: 0 })]) }))
    test(name, run)
})

describe('client.blocked', () => {
  test('is one failed login, with the seconds in which it happened', async () => {
    const look = scripted(logins)
    await look(replies(0, []))
    const { readings } = await look(replies(1, [denial({ id: 0, addr: '[::1]:5000' })]))
    expect(readings.map(({ data }) => data)).toEqual([
      {
        reason: 'auth',
        username: 'bob',
        clientInfo: '[::1]:5000',
        count: 1,
        timestamp: 1706457608,
        context: 'toplevel',
      },
    ])
  })

  test('does not replay the log at the first look, nor after a restart of the server', async () => {
    const look = scripted(logins)
    const log = [denial({ id: 9, count: 7 })]
    expect(seen(await look(replies(7, log)))).toEqual([])
    expect(seen(await look(replies(1, [denial({ id: 0 })], 'b')))).toEqual([])
  })

  test('carries by how much an entry grew', async () => {
    const look = scripted(logins)
    await look(replies(2, [denial({ id: 0, count: 2 })]))
    expect(seen(await look(replies(5, [denial({ id: 0, count: 5 })])))).toEqual([['bob', 3]])
    expect(seen(await look(replies(5, [denial({ id: 0, count: 5 })])))).toEqual([])
  })

  test('tells a second entry of the same offence from the first, oldest first', async () => {
    const look = scripted(logins)
    await look(replies(1, [denial({ id: 0 })]))
    const log = [denial({ id: 2, username: 'eve' }), denial({ id: 1 }), denial({ id: 0, age: 66 })]
    expect(seen(await look(replies(3, log)))).toEqual([
      ['bob', 1],
      ['eve', 1],
    ])
  })

  test('works without entry ids, as on Redis 7.0', async () => {
    const look = scripted(logins)
    await look(older(2, [denial({ count: 2, age: 70 })]))
    const log = [denial(), denial({ count: 2, age: 75 })]
    expect(seen(await look(older(3, log)))).toEqual([['bob', 1]])
    const later = [denial({ age: 181 }), denial({ count: 2, age: 255 })]
    expect(seen(await look(older(3, later), 180_000))).toEqual([])
  })

  test('notices ACL LOG RESET without entry ids', async () => {
    const look = scripted(logins)
    await look(older(2, [denial({ count: 2, age: 70 })]))
    expect(seen(await look(older(3, [denial()])))).toEqual([['bob', 1]])
  })

  test('counts what has dropped out of the log, once', async () => {
    const look = scripted(logins)
    await look(replies(0, []))
    const log = [denial({ id: 900, username: 'u900' })]
    expect(seen(await look(replies(1000, log)))).toEqual([
      ['u900', 1],
      ['(unknown)', 999],
    ])
    expect(seen(await look(replies(1000, log), 180_000))).toEqual([])
  })

  test('does not count a login again that the log showed before INFO did', async () => {
    const look = scripted(logins)
    await look(replies(0, []))
    const log = [denial({ id: 1, username: 'eve' }), denial({ id: 0 })]
    expect(seen(await look(replies(1, log)))).toHaveLength(2)
    expect(seen(await look(replies(2, log)))).toEqual([])
  })

  test('keeps to the log through CONFIG RESETSTAT', async () => {
    const look = scripted(logins)
    await look(replies(50, [denial({ id: 0 })]))
    expect(seen(await look(replies(0, [denial({ id: 0 })])))).toEqual([])
    const log = [denial({ id: 1 }), denial({ id: 0 })]
    expect(seen(await look(replies(1, log)))).toEqual([['bob', 1]])
  })

  test('counts without names where the log is denied, and asks again only after minutes', async () => {
    const look = scripted(logins)
    const denied = { 'ACL LOG': new ValkeyError('denied', 'No permission') }
    await look({ ...replies(0, []), ...denied })
    const next = await look({ ...replies(3, []), ...denied })
    expect(seen(next)).toEqual([['(unknown)', 3]])
    expect(next.calls).toEqual(['INFO all'])
    expect((await look({ ...replies(3, []), ...denied }, 180_000)).calls).toContain('ACL LOG 128')
  })

  test('reads the log at every look where nothing counts failed logins, as on Redis 6.0', async () => {
    const look = scripted(logins)
    const oldest = (log: Log) => ({ INFO: { run_id: 'a' }, 'ACL LOG': log })
    await look(oldest([denial()]))
    expect(seen(await look(oldest([denial({ count: 2 })])))).toEqual([['bob', 1]])
  })

  test('cuts names that somebody made too long', async () => {
    const look = scripted(logins)
    await look(replies(0, []))
    const { readings, state } = await look(replies(1, [denial({ username: 'x'.repeat(9999) })]))
    expect(String(readings[0]?.data.username)).toHaveLength(256)
    expect(JSON.stringify(state).length).toBeLessThan(600)
  })

  test('asks for INFO only while nobody fails to log in, and leaves its state as it is', async () => {
    const look = scripted(logins)
    const { state } = await look(replies(1, [denial({ id: 0 })]))
    expect(await look(replies(1, []))).toMatchObject({ calls: ['INFO all'], state })
  })
})

describe('on a real server', () => {
  let server: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    server = await serving()
    await server.run('ACL SETUSER bob on >right -@all')
  })
  afterAll(() => server.end())
  const tryLogin = (password: string, user = 'bob') =>
    server.run(`AUTH ${user} ${password}`).catch(({ fault }: ValkeyError) => fault)

  test('tells failed logins, with what repeats and what rolled out of the log', async () => {
    const { look, close } = watching(logins, server.url)
    expect(await tryLogin('before')).toBe('auth')
    expect(seen(await look())).toEqual([])
    await tryLogin('wrong')
    await tryLogin('wrong')
    expect(seen(await look())).toEqual([['bob', 2]])
    expect(seen(await look())).toEqual([])

    await server.run('ACL LOG RESET')
    await tryLogin('wrong')
    expect(seen(await look(Date.now() + 5000))).toEqual([['bob', 1]])

    await server.run('CONFIG RESETSTAT')
    expect(seen(await look(Date.now() + 5000))).toEqual([])
    await Promise.all(Array.from({ length: 200 }, (_, n) => tryLogin('x', `user${n}`)))
    const flood = seen(await look(Date.now() + 10_000))
    expect(flood).toHaveLength(129)
    expect(flood.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(200)
    close()
  })
})
