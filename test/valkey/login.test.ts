import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type StartedValkey, startValkey } from '../../src/cli/valkey-server.ts'
import type { ValkeyError } from '../../src/plugin/valkey.ts'
import { connect, type ValkeyConnection } from '../../src/valkey/connection.ts'

let server: StartedValkey
let admin: ValkeyConnection
const open: ValkeyConnection[] = []

beforeAll(async () => {
  server = await startValkey()
  admin = connect({ url: server.url, timeoutMs: 2000 })
  await admin.call('ACL', 'SETUSER', 'ann:e', 'on', '>p@ss:w/rd%', '+ping', '+info')
})
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close()
  await admin.call('ACL', 'LOG', 'RESET')
})
afterAll(async () => {
  admin.close()
  await server.stop()
})

function as(login: string, db = 0): ValkeyConnection {
  const url = `${server.url.replace('//', `//${login}@`)}/${db}`
  const connection = connect({ url, timeoutMs: 2000 })
  open.push(connection)
  return connection
}
const ann = `ann%3Ae:${encodeURIComponent('p@ss:w/rd%')}`

const failure = (promise: Promise<unknown>): Promise<ValkeyError> =>
  promise.then(
    (value) => Promise.reject(new Error(`answered ${value}`)),
    (error) => error,
  )

describe('logging in', () => {
  test('takes a user name and password with any characters', async () => {
    expect(await as(ann).call('PING')).toBe('PONG')
  })

  test('with a wrong password fails every call, though the default user would be let in', async () => {
    const connection = as('ann%3Ae:hunter2')
    const errors = await Promise.all([
      failure(connection.call('PING')),
      failure(connection.call('INFO')),
    ])
    for (const error of errors) {
      expect(error).toMatchObject({ fault: 'auth', unanswered: false })
      expect(`${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain('hunter2')
    }
  })

  test('is tried again by the next call', async () => {
    const connection = as('late:pw')
    expect(await failure(connection.call('PING'))).toMatchObject({ fault: 'auth' })
    await admin.call('ACL', 'SETUSER', 'late', 'on', '>pw', '+ping')
    expect(await connection.call('PING')).toBe('PONG')
  })

  test('is tried once for calls made side by side', async () => {
    const connection = as('ann%3Ae:wrong')
    await Promise.allSettled([connection.call('PING'), connection.call('INFO')])
    const log = await admin.call('ACL', 'LOG')
    expect(log).toHaveLength(1)
    expect(JSON.stringify(log)).toContain('"count",1')
  })

  test('with a password that the server does not want is no fault', async () => {
    expect(await as(':needless').call('PING')).toBe('PONG')
  })

  test('where a password is wanted and none given is a fault of authentication', async () => {
    const guarded = await startValkey({ args: ['--requirepass', 'secret'] })
    const [without, within] = ['', ':secret@'].map((login) =>
      connect({ url: guarded.url.replace('//', `//${login}`), timeoutMs: 2000 }),
    )
    try {
      expect(await failure(without?.call('PING') ?? Promise.resolve())).toMatchObject({
        fault: 'auth',
        message: 'Authentication required',
      })
      expect(await within?.call('PING')).toBe('PONG')
    } finally {
      without?.close()
      within?.close()
      await guarded.stop()
    }
  })
})

describe('a user of few rights', () => {
  test('is denied what it may not do and goes on with the rest', async () => {
    const connection = as(ann)
    const [denied, pong] = await Promise.all([
      failure(connection.call('CONFIG', 'GET', 'maxclients')),
      connection.call('PING'),
    ])
    expect(denied).toMatchObject({ fault: 'denied', unanswered: false })
    expect(denied.message).toContain('config')
    expect(pong).toBe('PONG')
  })

  test('leaves no line in ACL LOG by connecting and doing what it may', async () => {
    const connection = as(ann)
    await Promise.all([connection.call('PING'), connection.call('INFO', 'all')])
    expect(await admin.call('ACL', 'LOG')).toEqual([])
  })
})

describe('the database of the URL', () => {
  test('is chosen, and not asked for where it is 0', async () => {
    await admin.call('ACL', 'SETUSER', 'chooser', 'on', '>pw', '+client', '+select')
    await as('chooser:pw', 3).call('CLIENT', 'SETNAME', 'in-three')
    const list = String(await admin.call('CLIENT', 'LIST'))
    expect(list.split('\n').find((line) => line.includes('name=in-three'))).toContain(' db=3 ')
    // Ann may not SELECT.
    expect(await as(ann, 0).call('PING')).toBe('PONG')
  })

  test('that cannot be chosen fails every call with the reason', async () => {
    expect(await failure(as(ann, 1).call('PING'))).toMatchObject({ fault: 'denied' })
    expect(await failure(as(':x', 9999).call('PING'))).toMatchObject({
      fault: 'error',
      message: 'DB index is out of range',
    })
  })
})
