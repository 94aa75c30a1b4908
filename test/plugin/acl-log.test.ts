import { type AclLogState, readAclLog, ValkeyError } from 'tocsin/plugin'
import { describe, expect, test } from 'vitest'
import { type Replies, scriptedConnection } from '../../src/testing/replies.ts'
import { lookAt } from '../../src/valkey/look.ts'
import { denial } from '../plugins/denials.ts'

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
/** Successive readings of one server, five seconds apart. */
function reading() {
  let state: AclLogState | undefined
  let now = 1706457600000
  return async (replies: Replies, afterMs = 5000) => {
    now += afterMs
    const calls: string[] = []
    const connection = scriptedConnection(replies)
    const valkey = lookAt({
      ...connection,
      call(command, ...args) {
        calls.push([command, ...args].join(' '))
        return connection.call(command, ...args)
      },
    })
    const denials = await readAclLog(valkey, state, now)
    state = denials.state
    return { ...denials, calls }
  }
}
const seen = ({ fresh, lost }: Awaited<ReturnType<ReturnType<typeof reading>>>) => [
  ...fresh.map(({ username, count }) => [username, count]),
  ...(lost.auth > 0 ? [['(unknown)', lost.auth]] : []),
]

describe('the ACL log', () => {
  test('does not replay the log at the first look, nor after a restart of the server', async () => {
    const look = reading()
    const log = [denial({ id: 9, count: 7 })]
    expect(seen(await look(replies(7, log)))).toEqual([])
    expect(seen(await look(replies(1, [denial({ id: 0 })], 'b')))).toEqual([])
  })

  test('carries by how much an entry grew', async () => {
    const look = reading()
    await look(replies(2, [denial({ id: 0, count: 2 })]))
    expect(seen(await look(replies(5, [denial({ id: 0, count: 5 })])))).toEqual([['bob', 3]])
    expect(seen(await look(replies(5, [denial({ id: 0, count: 5 })])))).toEqual([])
  })

  test('tells a second entry of the same offence from the first, oldest first', async () => {
    const look = reading()
    await look(replies(1, [denial({ id: 0 })]))
    const log = [denial({ id: 2, username: 'eve' }), denial({ id: 1 }), denial({ id: 0, age: 66 })]
    expect(seen(await look(replies(3, log)))).toEqual([
      ['bob', 1],
      ['eve', 1],
    ])
  })

  test('works without entry ids, as on Redis 7.0', async () => {
    const look = reading()
    await look(older(2, [denial({ count: 2, age: 70 })]))
    const log = [denial(), denial({ count: 2, age: 75 })]
    expect(seen(await look(older(3, log)))).toEqual([['bob', 1]])
    const later = [denial({ age: 181 }), denial({ count: 2, age: 255 })]
    expect(seen(await look(older(3, later), 180_000))).toEqual([])
  })

  test('notices ACL LOG RESET without entry ids', async () => {
    const look = reading()
    await look(older(2, [denial({ count: 2, age: 70 })]))
    expect(seen(await look(older(3, [denial()])))).toEqual([['bob', 1]])
  })

  test('counts what has dropped out of the log, once', async () => {
    const look = reading()
    await look(replies(0, []))
    const log = [denial({ id: 900, username: 'u900' })]
    expect(seen(await look(replies(1000, log)))).toEqual([
      ['u900', 1],
      ['(unknown)', 999],
    ])
    expect(seen(await look(replies(1000, log), 180_000))).toEqual([])
  })

  test('does not count a login again that the log showed before INFO did', async () => {
    const look = reading()
    await look(replies(0, []))
    const log = [denial({ id: 1, username: 'eve' }), denial({ id: 0 })]
    expect(seen(await look(replies(1, log)))).toHaveLength(2)
    expect(seen(await look(replies(2, log)))).toEqual([])
  })

  test('keeps to the log through CONFIG RESETSTAT', async () => {
    const look = reading()
    await look(replies(50, [denial({ id: 0 })]))
    expect(seen(await look(replies(0, [denial({ id: 0 })])))).toEqual([])
    const log = [denial({ id: 1 }), denial({ id: 0 })]
    expect(seen(await look(replies(1, log)))).toEqual([['bob', 1]])
  })

  test('counts failed logins without names where the log is denied, and nothing else', async () => {
    const look = reading()
    const denied = (failed: number, commands: number) => ({
      INFO: { run_id: 'a', acl_access_denied_auth: failed, acl_access_denied_cmd: commands },
      'ACL LOG': new ValkeyError('denied', 'No permission'),
    })
    await look(denied(0, 0))
    expect((await look(denied(3, 1))).lost).toEqual({ auth: 3, policy: 0 })
    expect((await look(denied(3, 2))).lost).toEqual({ auth: 0, policy: 0 })
  })

  test('tells what else was denied and has dropped out of it, where the server counts exactly', async () => {
    const look = reading()
    const counting = (commands: number, keys: number, log: Log) => ({
      INFO: {
        acl_access_denied_auth: 0,
        acl_access_denied_cmd: commands,
        acl_access_denied_key: keys,
      },
      'ACL LOG': log,
    })
    await look(counting(0, 0, []))
    const log = [denial({ id: 200, reason: 'key', object: 'secret' })]
    expect((await look(counting(3, 2, log))).lost).toEqual({ auth: 0, policy: 4 })
    expect((await look(counting(3, 2, log))).lost).toEqual({ auth: 0, policy: 0 })
    const old = reading()
    const errors = (noperm: number) => ({
      INFO: { total_error_replies: noperm, errorstat_NOPERM: `count=${noperm}` },
      'ACL LOG': [],
    })
    await old(errors(0))
    expect(await old(errors(5))).toMatchObject({
      lost: { policy: 0 },
      calls: ['INFO all', 'ACL LOG 128'],
    })
  })

  test('reads the log at every look where nothing counts failed logins, as on Redis 6.0', async () => {
    const look = reading()
    const oldest = (log: Log) => ({ INFO: { run_id: 'a' }, 'ACL LOG': log })
    await look(oldest([denial()]))
    expect(seen(await look(oldest([denial({ count: 2 })])))).toEqual([['bob', 1]])
  })

  test('cuts names that somebody made too long', async () => {
    const look = reading()
    await look(replies(0, []))
    const { fresh, state } = await look(replies(1, [denial({ username: 'x'.repeat(9999) })]))
    expect(fresh[0]?.username).toHaveLength(256)
    expect(JSON.stringify(state).length).toBeLessThan(600)
  })

  test('asks for INFO only while nobody fails to log in, and leaves its state as it is', async () => {
    const look = reading()
    const { state } = await look(replies(1, [denial({ id: 0 })]))
    expect(await look(replies(1, []))).toMatchObject({ calls: ['INFO all'], state })
  })
})
