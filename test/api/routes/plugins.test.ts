import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createCatalog } from '../../../src/rules/catalog.ts'
import { builtInPlugins } from '../../../src/runtimes/plugins.ts'
import { instances } from '../../../src/store/schema/index.ts'
import { remember } from '../../../src/store/states.ts'
import { useApi } from '../../support/api.ts'
import { createCall } from '../../support/api-client.ts'
import { createService } from '../../support/service.ts'

const api = useApi()

const list = async () => (await api.call('GET', '/api/plugins')).body as Record<string, unknown>[]
const named = async (name: string) => (await list()).find((plugin) => plugin.name === name)

test('every plugin is there with its events and the commands it needs', async () => {
  expect((await list()).map(({ name }) => name)).toEqual(
    createCatalog(builtInPlugins).plugins.map(({ name }) => name),
  )
  expect(await named('health')).toEqual({
    name: 'health',
    events: ['instance.down', 'instance.up'],
    commands: ['+ping'],
    instances: [],
  })
})

test('a plugin tells by instance what went wrong; one that only declares looks at none', async () => {
  const add = async (url: string) =>
    (await api.call('POST', '/api/instances', { body: { url } })).body as { id: string }
  const { id } = await add('redis://a.example.com?name=a')
  await add('redis://b.example.com?name=b')
  const off = { url: 'redis://c.example.com', enabled: false }
  await api.call('POST', '/api/instances', { body: off })
  await remember(api.service.store, [
    { instanceId: id, plugin: 'health', state: null, error: 'NOPERM: +ping is missing' },
  ])
  expect((await named('health'))?.instances).toEqual([
    { id, name: 'a', lastLookAt: null, error: 'NOPERM: +ping is missing', missing: [] },
    { id: expect.any(String), name: 'b', lastLookAt: null, error: null, missing: [] },
  ])
  expect((await named('tocsin'))?.instances).toEqual([])
})

test('what a server does not give is told by instance, with the line that grants it', async () => {
  const url = 'redis://monitor:hidden@a.example.com?name=a'
  const { id } = (await api.call('POST', '/api/instances', { body: { url } })).body as {
    id: string
  }
  const message = "No permission: User monitor has no permissions to run the 'acl|log' command"
  const lacks = {
    'acl|log': { reason: 'denied', message, at: 1706457600000 },
    'memory/maxmemory': { reason: 'off', message: '', at: 1706457600000 },
  } as const
  await api.service.store.db.update(instances).set({ lacks }).where(eq(instances.id, id))
  expect(await named('acl')).toMatchObject({
    instances: [
      {
        missing: [
          {
            name: 'acl|log',
            reason: 'denied',
            message,
            events: ['audit.policy.violation', 'acl.violation'],
            fix: 'ACL SETUSER monitor +acl|log',
          },
        ],
      },
    ],
  })
  expect(await named('memory')).toMatchObject({
    instances: [{ missing: [{ name: 'maxmemory', fix: 'CONFIG SET maxmemory BYTES' }] }],
  })
  expect(await named('health')).toMatchObject({ instances: [{ missing: [] }] })
  expect(JSON.stringify(await list())).not.toContain('hidden')
  await api.call('PATCH', `/api/instances/${id}`, { body: { url: url.replace('monitor', 'root') } })
  expect(await named('acl')).toMatchObject({ instances: [{ missing: [] }] })
})

test('a version is shown where a plugin has one', async () => {
  const [health, ...others] = builtInPlugins
  const plugins = health ? [{ ...health, version: '2.0.0' }, ...others] : []
  const made = await createService(api.database, { catalog: createCatalog(plugins) })
  const { body } = await createCall(made.service)('GET', '/api/plugins')
  expect(body).toMatchObject([{ name: 'health', version: '2.0.0' }, ...others.map(() => ({})), {}])
})
