import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import config from '../../plugins/config.ts'
import { checkPlugin } from '../../src/testing.ts'
import { scripted, serving, watching } from './looks.ts'

const basic = { 'maxmemory-policy': 'noeviction', requirepass: '' }
const replies = (values: Record<string, string>, sets = 0, runId = 'a') => ({
  INFO: { run_id: runId, 'cmdstat_config|set': `calls=${sets},usec=9,failed_calls=0` },
  'CONFIG GET': Object.entries(values).flat(),
  'CLIENT LIST': '',
})
const client = (user: string, cmd: string, idle = 0) =>
  `id=3 addr=10.0.0.1:5000 name= age=9 idle=${idle} cmd=${cmd} user=${user} redir=-1\n`

describe('conformance', () => {
  for (const { name, run } of checkPlugin(config, { replies: replies(basic) })) test(name, run)
})

describe('config.changed', () => {
  test('says which key changed, from what to what, and by whom', async () => {
    const look = scripted(config)
    await look(replies(basic))
    const changed = replies({ ...basic, 'maxmemory-policy': 'allkeys-lru' }, 1)
    const clients = client('app', 'get') + client('admin', 'config|set')
    const { readings } = await look({ ...changed, 'CLIENT LIST': clients })
    expect(readings).toMatchObject([
      {
        data: {
          configKey: 'maxmemory-policy',
          oldValue: 'noeviction',
          newValue: 'allkeys-lru',
          modifiedBy: 'admin',
          timestamp: 1706457610000,
        },
      },
    ])
  })

  test.each([
    ['two users', client('admin', 'config|set') + client('root', 'config|set')],
    ['a client idle for long', client('admin', 'config|set', 60)],
    ['other commands', client('admin', 'config|get')],
  ])('names nobody for %s', async (_, clients) => {
    const look = scripted(config)
    await look(replies(basic))
    const changed = replies({ ...basic, requirepass: 'x' }, 1)
    const { readings } = await look({ ...changed, 'CLIENT LIST': clients })
    expect(readings[0]?.data.modifiedBy).toBeUndefined()
  })

  test.each([
    ['requirepass'],
    ['masterauth'],
    ['primaryauth'],
    ['tls-key-file-pass'],
    ['tls-client-key-file-pass'],
  ])('masks the values of %s, in what it remembers too', async (key) => {
    const look = scripted(config)
    await look(replies({ [key]: 'old-secret' }))
    const { readings, state } = await look(replies({ [key]: 'new-secret' }, 1))
    expect(readings).toMatchObject([{ data: { configKey: key, oldValue: '***', newValue: '***' } }])
    expect(JSON.stringify({ readings, state })).not.toMatch(/old-secret|new-secret/)
  })

  test('reports a key of two names once, under the one that lasts', async () => {
    const look = scripted(config)
    const both = (value: string) => ({ 'slave-priority': value, 'replica-priority': value })
    await look(replies(both('100')))
    const { readings } = await look(replies(both('50'), 1))
    expect(readings.map(({ data }) => data.configKey)).toEqual(['replica-priority'])
  })

  test('keeps the name the server knows where it has only the old one', async () => {
    const look = scripted(config)
    await look(replies({ masteruser: '' }))
    const { readings } = await look(replies({ masteruser: 'replicator' }, 1))
    expect(readings).toMatchObject([{ data: { configKey: 'masteruser', oldValue: '' } }])
  })

  test('leaves replicaof to failovers, and a key seen for the first time alone', async () => {
    const look = scripted(config)
    await look(replies({ ...basic, replicaof: '' }))
    const next = { ...basic, replicaof: '10.0.0.1 6379', 'new-key': '1' }
    expect((await look(replies(next), 180_000)).readings).toEqual([])
    expect((await look(replies({ ...next, 'new-key': '2' }, 1))).readings).toHaveLength(1)
  })

  test('reports a change that was put back between two looks', async () => {
    const look = scripted(config)
    await look(replies(basic, 4))
    const { readings } = await look(replies(basic, 6))
    expect(readings).toMatchObject([{ data: { configKey: '*', reverted: true } }])
  })

  test('counts no failed CONFIG SET', async () => {
    const look = scripted(config)
    await look(replies(basic))
    const failed = { run_id: 'a', 'cmdstat_config|set': 'calls=2,usec=9,failed_calls=2' }
    const { readings, calls } = await look({ ...replies(basic), INFO: failed })
    expect({ readings, calls }).toEqual({ readings: [], calls: ['INFO all'] })
  })

  test('does not take a set it saw before it was counted for another one', async () => {
    const look = scripted(config)
    await look(replies(basic))
    const changed = { ...basic, 'maxmemory-policy': 'allkeys-lru' }
    expect((await look(replies(changed), 200_000)).readings).toHaveLength(1)
    expect((await look(replies(changed, 1))).readings).toEqual([])
  })

  test('finds what no counter showed within a few minutes', async () => {
    const look = scripted(config)
    await look(replies(basic))
    const changed = replies({ ...basic, 'maxmemory-policy': 'allkeys-lru' })
    expect((await look(changed)).readings).toEqual([])
    expect((await look(changed, 180_000)).readings).toHaveLength(1)
  })

  test('begins anew when the server restarted, with whatever settings', async () => {
    const look = scripted(config)
    await look(replies(basic, 3))
    const other = { ...basic, 'maxmemory-policy': 'allkeys-lru' }
    expect((await look(replies(other, 0, 'b'))).readings).toEqual([])
    expect((await look(replies(other, 1, 'b'))).readings).toHaveLength(1)
  })

  test('a server before 7.0, which counts no CONFIG SET, is read every ten seconds', async () => {
    const look = scripted(config)
    const old = (values: Record<string, string>) => ({
      ...replies(values),
      INFO: { run_id: 'a', redis_version: '6.2.14' },
    })
    await look(old(basic))
    const changed = old({ ...basic, 'maxmemory-policy': 'allkeys-lru' })
    expect((await look(changed)).calls).toEqual(['INFO all'])
    expect((await look(changed)).readings).toHaveLength(1)
  })

  test('remembers long values in short', async () => {
    const look = scripted(config)
    const { state } = await look(replies({ save: '3600 1 '.repeat(1000) }))
    expect(JSON.stringify(state).length).toBeLessThan(500)
    const { readings } = await look(replies({ save: `${'3600 1 '.repeat(1000)}9` }, 1))
    expect(readings).toHaveLength(1)
  })
})

describe('on a real server', () => {
  let server: Awaited<ReturnType<typeof serving>>
  beforeAll(async () => {
    server = await serving()
  })
  afterAll(() => server.end())

  test('tells what CONFIG SET did, once, and survives CONFIG RESETSTAT', async () => {
    const { look, close } = watching(config, server.url)
    // Before 7.0 nothing counts CONFIG SET by itself: what is taken back leaves no trace.
    const counted = Number.parseInt(server.version, 10) >= 7
    let looks = 0
    const changes = async () =>
      (await look(Date.now() + 10_000 * looks++)).readings.map(({ data }) => data)
    expect(await changes()).toEqual([])

    await server.run('CONFIG SET maxmemory-policy allkeys-lru')
    await server.run('CONFIG SET maxmemory-policy volatile-lru')
    expect(await changes()).toMatchObject([
      {
        configKey: 'maxmemory-policy',
        oldValue: 'noeviction',
        newValue: 'volatile-lru',
        ...(counted && { modifiedBy: 'default' }),
      },
    ])
    expect(await changes()).toEqual([])

    await server.run('CONFIG SET hz 20')
    await server.run('CONFIG SET hz 10')
    expect(await changes()).toMatchObject(counted ? [{ configKey: '*', reverted: true }] : [])

    await server.run('CONFIG RESETSTAT')
    expect(await changes()).toEqual([])
    await server.run('CONFIG SET masterauth hidden-secret')
    const secret = await changes()
    expect(secret).toMatchObject([{ oldValue: '***', newValue: '***' }])
    expect(JSON.stringify(secret)).not.toContain('hidden')
    close()
  })
})
