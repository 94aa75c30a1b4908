import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import users from '../../plugins/users.ts'
import { checkPlugin } from '../../src/testing.ts'
import { scripted, serving, watching } from './looks.ts'

const root = 'user default on nopass ~* &* +@all'
interface Calls {
  readonly setuser?: number
  readonly deluser?: number
  readonly load?: number
}
const replies = (list: readonly string[], calls: Calls = {}, runId = 'a') => ({
  INFO: {
    run_id: runId,
    ...Object.fromEntries(
      Object.entries(calls).map(([name, count]) => [
        `cmdstat_acl|${name}`,
        `calls=${count},usec=9,failed_calls=0`,
      ]),
    ),
  },
  'ACL LIST': list,
  'CLIENT LIST': 'id=3 addr=10.0.0.1:5000 idle=0 cmd=acl|setuser user=admin\n',
})
const hash = (digit: string) => `#${digit.repeat(64)}`
/** The change from one rule of a user to another, as [changeType, affectedUser]. */
async function change(before: string, after: string) {
  const look = scripted(users)
  await look(replies([root, `user bob ${before}`], { setuser: 1 }))
  const { readings } = await look(replies([root, `user bob ${after}`], { setuser: 2 }))
  return readings.map(({ data }) => [data.changeType, data.affectedUser])
}

describe('conformance', () => {
  for (const { name, run } of checkPlugin(users, { replies: replies([root]) })) test(name, run)
})

describe('acl.modified', () => {
  test('reports users added and removed, and by whom', async () => {
    const look = scripted(users)
    await look(replies([root, 'user bob on nopass -@all']))
    const next = replies([root, 'user eve on nopass -@all'], { setuser: 1, deluser: 1 })
    const { readings } = await look(next)
    expect(readings).toMatchObject([
      { data: { changeType: 'user_removed', affectedUser: 'bob', modifiedBy: 'admin' } },
      { data: { changeType: 'user_added', affectedUser: 'eve', timestamp: 1706457610000 } },
    ])
  })

  test('tells permissions from logging in', async () => {
    expect(await change('on nopass ~* -@all', 'on nopass ~* -@all +get')).toEqual([
      ['permissions_changed', 'bob'],
    ])
    expect(await change('on nopass -@all', 'off nopass -@all')).toEqual([['user_updated', 'bob']])
    expect(await change(`on ${hash('a')} -@all`, `on ${hash('b')} -@all`)).toEqual([
      ['user_updated', 'bob'],
    ])
  })

  test('takes no other order of the same rules, and no other default word, for a change', async () => {
    const look = scripted(users)
    await look(replies([root, 'user bob on nopass ~a* -@all +get +set (~b* -@all +set)']))
    const same =
      'user bob on nopass sanitize-payload ~a* resetchannels -@all +set +get (~b* -@all +set)'
    expect((await look(replies([same, root]), 180_000)).readings).toEqual([])
  })

  test('compares selectors as a whole', async () => {
    expect(
      await change('on -@all (~a* +get) (~b* +set)', 'on -@all (~a* +set) (~b* +get)'),
    ).toEqual([['permissions_changed', 'bob']])
  })

  test('never shows or remembers password hashes', async () => {
    const look = scripted(users)
    await look(replies([`user bob on ${hash('a')} -@all`]))
    const next = replies([`user bob on ${hash('b')} ${hash('c')} -@all`], { setuser: 1 })
    const { readings, state } = await look(next)
    expect(readings).toHaveLength(1)
    expect(JSON.stringify({ readings, state })).not.toMatch(/aaaa|bbbb|cccc/)
  })

  test('reports what was changed and put back between two looks', async () => {
    const look = scripted(users)
    await look(replies([root], { setuser: 1 }))
    expect((await look(replies([root], { setuser: 2, deluser: 1 }))).readings).toMatchObject([
      { data: { changeType: 'user_removed', reverted: true } },
    ])
    expect((await look(replies([root], { setuser: 3, deluser: 1 }))).readings).toMatchObject([
      { data: { changeType: 'user_updated', reverted: true } },
    ])
  })

  test('takes a file loaded without a difference for none', async () => {
    const look = scripted(users)
    await look(replies([root]))
    expect((await look(replies([root], { load: 1 }))).readings).toEqual([])
  })

  test('does not take a change it saw before it was counted for another one', async () => {
    const look = scripted(users)
    await look(replies([root]))
    const added = [root, 'user bob on nopass -@all']
    expect((await look(replies(added), 180_000)).readings).toHaveLength(1)
    expect((await look(replies(added, { setuser: 1 }))).readings).toEqual([])
  })

  test('knows users by any name', async () => {
    const look = scripted(users)
    await look(replies([root]))
    const odd = replies([root, 'user __proto__ on -@all', 'user constructor on -@all'], {
      setuser: 2,
    })
    const { readings } = await look(odd)
    expect(readings.map(({ data }) => data.affectedUser)).toEqual(['__proto__', 'constructor'])
    expect((await look(odd, 180_000)).readings).toEqual([])
  })

  test('begins anew when the server restarted', async () => {
    const look = scripted(users)
    await look(replies([root, 'user bob on -@all'], { setuser: 5 }))
    expect((await look(replies([root], {}, 'b'))).readings).toEqual([])
  })

  test('asks for INFO only while nobody changes users', async () => {
    const look = scripted(users)
    const { state } = await look(replies([root]))
    const quiet = await look(replies([root]))
    expect(quiet).toMatchObject({ calls: ['INFO all'], state })
  })
})

describe('on a real server', () => {
  let server: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    server = await serving()
  })
  afterAll(() => server.end())

  test('tells users added, changed and removed, also between two looks', async () => {
    const { look, close } = watching(users, server.url)
    // Before 7.0 nothing counts what changes users: what is taken back leaves no trace.
    const counted = Number.parseInt(server.version, 10) >= 7
    let looks = 0
    const changes = async () =>
      (await look(Date.now() + 10_000 * looks++)).readings.map(({ data }) => [
        data.changeType,
        data.affectedUser,
        data.reverted,
      ])
    expect(await changes()).toEqual([])
    await server.run('ACL SETUSER bob on >secret ~a* +get')
    expect(await changes()).toEqual([['user_added', 'bob', undefined]])
    await server.run('ACL SETUSER bob +set')
    expect(await changes()).toEqual([['permissions_changed', 'bob', undefined]])
    await server.run('ACL SETUSER bob resetpass')
    expect(await changes()).toEqual([['user_updated', 'bob', undefined]])
    await server.run('ACL SETUSER ghost on nopass ~* +@all')
    await server.run('ACL DELUSER ghost')
    expect(await changes()).toEqual(counted ? [['user_removed', undefined, true]] : [])
    await server.run('CONFIG RESETSTAT')
    expect(await changes()).toEqual([])
    await server.run('ACL DELUSER bob')
    expect(await changes()).toEqual([['user_removed', 'bob', undefined]])
    expect(await changes()).toEqual([])
    close()
  })
})
