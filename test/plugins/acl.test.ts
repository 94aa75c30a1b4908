import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import acl from '../../plugins/acl.ts'
import { ValkeyError } from '../../src/plugin/valkey.ts'
import { checkPlugin } from '../../src/testing.ts'
import { connect } from '../../src/valkey/connection.ts'
import { denial } from './denials.ts'
import { scripted, serving, watching } from './looks.ts'

type Log = readonly ReturnType<typeof denial>[]
const replies = (denied: number, log: Log, runId = 'a') => ({
  INFO: { run_id: runId, acl_access_denied_auth: 0, acl_access_denied_cmd: denied },
  'ACL LOG': log,
  'CLIENT INFO': 'id=3 addr=10.0.0.9:6000 name= user=tocsin',
})
const command = (id: number, object: string, more: Parameters<typeof denial>[0] = {}) =>
  denial({ id, reason: 'command', object, cmd: object, user: 'bob', ...more })
const seen = ({ readings }: { readings: readonly { type: string; data: object }[] }) =>
  readings
    .filter(({ type }) => type !== 'client.blocked')
    .map(({ type, data }) => ({ type, ...data }))

describe('conformance', () => {
  for (const { name, run } of checkPlugin(acl, { replies: replies(1, [command(0, 'get')]) }))
    test(name, run)
})

describe('client.blocked', () => {
  test('is one failed login, with the seconds in which it happened', async () => {
    const look = scripted(acl)
    await look(replies(0, []))
    const { readings } = await look(replies(1, [denial({ id: 0, addr: '[::1]:5000' })]))
    expect(readings.find(({ type }) => type === 'client.blocked')?.data).toEqual({
      reason: 'auth',
      username: 'bob',
      clientInfo: '[::1]:5000',
      count: 1,
      timestamp: 1706457608,
      context: 'toplevel',
    })
  })

  test('tells how many logins failed where nobody can say whose', async () => {
    const look = scripted(acl)
    const denied = (failed: number) => ({
      INFO: { acl_access_denied_auth: failed },
      'ACL LOG': new ValkeyError('denied', 'No permission'),
    })
    await look(denied(0))
    const { readings } = await look(denied(4))
    const unknown = { username: '(unknown)', clientInfo: '(unknown)', count: 4 }
    expect(readings).toMatchObject([
      { type: 'client.blocked', data: unknown },
      { type: 'acl.violation', data: { ...unknown, command: 'AUTH' } },
    ])
  })
})

describe('acl.violation and audit.policy.violation', () => {
  test('a denied command is both', async () => {
    const look = scripted(acl)
    await look(replies(0, []))
    expect(seen(await look(replies(3, [command(0, 'config|set', { count: 3 })])))).toEqual([
      {
        type: 'acl.violation',
        username: 'bob',
        command: 'CONFIG SET',
        reason: 'command',
        timestamp: 1706457608500,
        clientInfo: '10.0.0.1:5000',
        count: 3,
        context: 'toplevel',
      },
      {
        type: 'audit.policy.violation',
        username: 'bob',
        clientInfo: '10.0.0.1:5000',
        violationType: 'command',
        violatedCommand: 'CONFIG SET',
        count: 3,
        timestamp: 1706457608500,
        context: 'toplevel',
      },
    ])
  })

  test('a denied key says the key and the command', async () => {
    const look = scripted(acl)
    await look(replies(0, []))
    const log = [command(0, 'secret:1', { reason: 'key', cmd: 'get' })]
    expect(seen(await look(replies(1, log)))).toMatchObject([
      { command: 'GET', reason: 'key', key: 'secret:1' },
      { violationType: 'key', violatedCommand: 'GET', violatedKey: 'secret:1' },
    ])
  })

  test.each(['channel', 'database', 'something-newer'])('accepts the reason %s', async (reason) => {
    const look = scripted(acl)
    await look(replies(0, []))
    const log = [command(0, 'thing', { reason, cmd: 'flushall' })]
    expect(seen(await look(replies(1, log)))).toMatchObject([
      { command: 'FLUSHALL', reason },
      { violationType: reason, violatedCommand: 'FLUSHALL' },
    ])
  })

  test('violations are told one by one, the audit adds up user, reason and command', async () => {
    const look = scripted(acl)
    await look(replies(0, []))
    const log = [
      command(1, 'b', { reason: 'key', cmd: 'get', count: 2 }),
      command(0, 'a', { reason: 'key', cmd: 'get' }),
    ]
    expect(seen(await look(replies(3, log)))).toMatchObject([
      { type: 'acl.violation', key: 'a', count: 1 },
      { type: 'acl.violation', key: 'b', count: 2 },
      { type: 'audit.policy.violation', violatedKey: 'b', count: 3 },
    ])
  })

  test('a failed login is a violation, of no policy', async () => {
    const look = scripted(acl)
    await look(replies(0, []))
    const failed = { INFO: { run_id: 'a', acl_access_denied_auth: 1, acl_access_denied_cmd: 0 } }
    expect(seen(await look({ ...replies(0, [denial({ id: 0 })]), ...failed }))).toMatchObject([
      { type: 'acl.violation', username: 'bob', command: 'AUTH', reason: 'auth' },
    ])
  })

  test('neither our own probes nor the first commands of client libraries are violations', async () => {
    const look = scripted(acl)
    await look(replies(0, []))
    const log = [
      command(0, 'config|get', { username: 'tocsin' }),
      command(1, 'debug', { addr: '10.0.0.9:6000' }),
      command(2, 'client|setinfo'),
      command(3, 'hello'),
    ]
    expect(seen(await look(replies(4, log)))).toEqual([])
  })

  test('which denied commands are ignored can be set', async () => {
    const look = scripted(acl, { ignoredCommands: ['DEBUG'] })
    await look(replies(0, []))
    const log = [command(0, 'debug'), command(1, 'hello')]
    expect(seen(await look(replies(2, log)))).toHaveLength(2)
  })

  test('other users of `default` are told although we are `default` too', async () => {
    const look = scripted(acl)
    const shared = { 'CLIENT INFO': 'id=3 addr=10.0.0.9:6000 user=default' }
    await look({ ...replies(0, []), ...shared })
    const log = [command(0, 'debug', { username: 'default' })]
    expect(seen(await look({ ...replies(1, log), ...shared }))).toHaveLength(2)
  })

  test('nothing is replayed at the first look or after a restart, nothing is told twice', async () => {
    const look = scripted(acl)
    const log = [command(5, 'get', { count: 2 })]
    expect(seen(await look(replies(2, log)))).toEqual([])
    expect(seen(await look(replies(2, log), 180_000))).toEqual([])
    expect(seen(await look(replies(1, [command(0, 'set')], 'b')))).toEqual([])
  })

  test('INFO is all it asks for while nothing is denied', async () => {
    const look = scripted(acl)
    const { state } = await look(replies(1, [command(0, 'get')]))
    expect(await look(replies(1, []))).toMatchObject({ calls: ['INFO all'], state })
  })
})

describe('on a real server', () => {
  let server: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    server = await serving()
    await server.run('ACL SETUSER bob on >right ~mine:* -@all +get +hello')
    await server.run('ACL SETUSER tocsin on >right -@all +info +acl|log +client|info')
  })
  afterAll(() => server.end())

  test('a denied command, a denied key and a failed login are told, our own probes are not', async () => {
    const as = (user: string) => server.url.replace('//', `//${user}:right@`)
    const { look, close } = watching(acl, as('tocsin'))
    const bob = connect({ url: as('bob'), timeoutMs: 3000 })
    const ours = connect({ url: as('tocsin'), timeoutMs: 3000 })
    const faultOf = (call: Promise<unknown>) => call.catch(({ fault }: ValkeyError) => fault)
    expect(seen(await look())).toEqual([])

    expect(await faultOf(bob.call('CONFIG', 'SET', 'hz', '20'))).toBe('denied')
    expect(await faultOf(bob.call('GET', 'yours:1'))).toBe('denied')
    expect(await faultOf(ours.call('CONFIG', 'GET', '*'))).toBe('denied')
    expect(await faultOf(server.run('AUTH bob wrong'))).toBe('auth')
    // Before 7.0 the log names no subcommand.
    const set = Number.parseInt(server.version, 10) < 7 ? 'CONFIG' : 'CONFIG SET'
    expect(seen(await look())).toMatchObject([
      { type: 'acl.violation', username: 'bob', command: set, reason: 'command' },
      { type: 'acl.violation', username: 'bob', command: 'GET', reason: 'key', key: 'yours:1' },
      { type: 'acl.violation', username: 'bob', command: 'AUTH', reason: 'auth' },
      { type: 'audit.policy.violation', violatedCommand: set, count: 1 },
      { type: 'audit.policy.violation', violatedCommand: 'GET', violatedKey: 'yours:1' },
    ])
    expect(seen(await look())).toEqual([])
    for (const connection of [bob, ours]) connection.close()
    close()
  })

  const tryLogin = (password: string, user = 'bob') =>
    server.run(`AUTH ${user} ${password}`).catch(({ fault }: ValkeyError) => fault)

  const blocked = ({ readings }: Awaited<ReturnType<ReturnType<typeof watching>['look']>>) =>
    readings
      .filter(({ type }) => type === 'client.blocked')
      .map(({ data }) => [data.username, data.count])

  test('tells failed logins, with what repeats and what rolled out of the log', async () => {
    const { look, close } = watching(acl, server.url)
    expect(await tryLogin('before')).toBe('auth')
    expect(blocked(await look())).toEqual([])
    await tryLogin('wrong')
    await tryLogin('wrong')
    expect(blocked(await look())).toEqual([['bob', 2]])
    expect(blocked(await look())).toEqual([])

    await server.run('ACL LOG RESET')
    // Before 7.2 only its age tells the new entry from the one that is gone.
    await sleep(300)
    await tryLogin('wrong')
    expect(blocked(await look(Date.now() + 5000))).toEqual([['bob', 1]])

    await server.run('CONFIG RESETSTAT')
    expect(blocked(await look(Date.now() + 5000))).toEqual([])
    await Promise.all(Array.from({ length: 200 }, (_, n) => tryLogin('x', `user${n}`)))
    const flood = blocked(await look(Date.now() + 10_000))
    expect(flood).toHaveLength(129)
    expect(flood.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(200)
    close()
  })
})
