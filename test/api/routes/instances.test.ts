import { describe, expect, test } from 'vitest'
import { findInstance } from '../../../src/store/instances.ts'
import { useApi } from '../../support/api.ts'
import { pages, pointers } from '../../support/api-client.ts'

const password = 'hunter2-of-the-server'
const url = `redis://monitor:${password}@valkey.example.com:6380/2?name=cache`
const redacted = 'redis://monitor:***@valkey.example.com:6380/2?name=cache'

const api = useApi(() => ({}), [password])

async function created(settings: object = { url }): Promise<string> {
  const answer = await api.call('POST', '/api/instances', { body: settings })
  expect(answer.status).toBe(201)
  return (answer.body as { id: string }).id
}

/** The whole URL that is stored, password included. */
async function storedUrl(id: string): Promise<string> {
  return api.service.store.vault.open((await findInstance(api.service.store, id))?.url ?? '')
}

describe('putting an instance under watch', () => {
  test('completes what is left out, redacts the password and has it looked at', async () => {
    const { status, body, headers } = await api.call('POST', '/api/instances', { body: { url } })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(String),
      name: 'cache',
      url: redacted,
      host: 'valkey.example.com',
      port: 6380,
      labels: {},
      enabled: true,
      pollIntervalMs: null,
      source: 'api',
      discoveredBy: null,
      state: 'unknown',
      server: null,
      version: null,
      role: null,
      lastError: null,
      lastLookAt: null,
      lastSeenAt: null,
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
    })
    const { id } = body as { id: string }
    expect(headers.get('location')).toBe(`/api/instances/${id}`)
    expect((await api.call('GET', `/api/instances/${id}`)).body).toEqual(body)
    expect(await storedUrl(id)).toBe(url)
    expect(api.asked.ticks).toBe(1)
  })

  test('keeps what is given', async () => {
    const given = { name: 'a', labels: { team: 'x' }, enabled: false, pollIntervalMs: 100 }
    const { body } = await api.call('POST', '/api/instances', { body: { url, ...given } })
    expect(body).toMatchObject(given)
  })

  test.each([
    ['redis://valkey.example.com', 'valkey.example.com:6379'],
    ['rediss://[2001:db8::1]:7000', '[2001:db8::1]:7000'],
  ])('names %s after where it is', async (address, name) => {
    const { body } = await api.call('POST', '/api/instances', { body: { url: address } })
    expect(body).toMatchObject({ name, url: address })
  })

  test('is a conflict where that host and port are watched already', async () => {
    await created()
    const again = { url: 'valkey://VALKEY.example.com:6380' }
    expect((await api.call('POST', '/api/instances', { body: again })).status).toBe(409)
    await created({ url: 'redis://valkey.example.com:6381' })
  })

  test('names every fault, and no password in any of them', async () => {
    const answer = await api.call('POST', '/api/instances', {
      body: {
        url: `http://a:${password}@b`,
        name: ' ',
        labels: { a: 1 },
        enabled: 1,
        pollIntervalMs: 99,
        host: 'b',
      },
    })
    expect(answer.status).toBe(400)
    expect(pointers(answer).sort()).toEqual([
      '/enabled',
      '/host',
      '/labels/a',
      '/name',
      '/pollIntervalMs',
      '/url',
    ])
  })

  test.each(['', 'nonsense', 'redis://', 'redis://u@h', 'redis://h/x', 'redis://u:***@h:1'])(
    'refuses the URL %j',
    async (address) => {
      const answer = await api.call('POST', '/api/instances', { body: { url: address } })
      expect(answer.status).toBe(400)
      expect(pointers(answer)).toContain('/url')
    },
  )
})

describe('changing an instance', () => {
  const change = (id: string, body: unknown) => api.call('PATCH', `/api/instances/${id}`, { body })

  test('touches only the fields given and has it looked at', async () => {
    const id = await created()
    const before = (await api.call('GET', `/api/instances/${id}`)).body as object
    const given = { labels: { team: 'x' }, enabled: false, pollIntervalMs: 250 }
    const { status, body } = await change(id, given)
    expect(status).toBe(200)
    expect(body).toEqual({ ...before, ...given, updatedAt: expect.any(Number) })
    expect(api.asked.ticks).toBe(2)
    expect((await change(id, { pollIntervalMs: null })).body).toMatchObject({
      pollIntervalMs: null,
    })
    expect(await storedUrl(id)).toBe(url)
  })

  test('moves it with its URL, the name staying', async () => {
    const id = await created()
    const { body } = await change(id, { url: 'rediss://other.example.com?name=new' })
    expect(body).toMatchObject({ host: 'other.example.com', port: 6379, name: 'cache' })
  })

  test('keeps the stored password where the URL comes back redacted', async () => {
    const id = await created()
    expect((await change(id, { url: redacted, name: 'b' })).status).toBe(200)
    expect(await storedUrl(id)).toBe(url)
    const edited = 'rediss://monitor:***@valkey.example.com:6380/3'
    expect((await change(id, { url: edited })).body).toMatchObject({ url: edited })
    expect(await storedUrl(id)).toBe(edited.replace('***', password))
  })

  test.each([
    'redis://monitor:***@elsewhere.example.com:6380',
    'redis://monitor:***@valkey.example.com:6381',
    'redis://other:***@valkey.example.com:6380',
    'redis://:***@valkey.example.com:6380',
  ])('tells the stored password to nobody new: %s', async (address) => {
    const id = await created()
    const answer = await change(id, { url: address })
    expect(answer.status).toBe(400)
    expect(pointers(answer)).toEqual(['/url'])
    expect(await storedUrl(id)).toBe(url)
  })

  test('never sends the stored password in clear where it went encrypted', async () => {
    const id = await created({ url: url.replace('redis:', 'rediss:') })
    expect((await change(id, { url: redacted })).status).toBe(400)
  })

  test('is a conflict where another is there', async () => {
    await created()
    const id = await created({ url: 'redis://other.example.com' })
    expect((await change(id, { url: 'redis://valkey.example.com:6380' })).status).toBe(409)
  })

  test('needs an instance', async () => {
    expect((await change('nothing', { name: 'x' })).status).toBe(404)
    expect((await change('018d4f9c-2f00-7000-8000-000000000000', {})).status).toBe(404)
    expect((await api.call('GET', '/api/instances/nothing')).status).toBe(404)
  })
})

test('deleting ends the watch', async () => {
  const id = await created()
  expect((await api.call('DELETE', `/api/instances/${id}`)).status).toBe(204)
  expect((await api.call('DELETE', `/api/instances/${id}`)).status).toBe(404)
  expect((await api.call('DELETE', '/api/instances/nothing')).status).toBe(404)
  expect(api.asked.ticks).toBe(2)
})

test('five pages hold each instance once, the oldest first', async () => {
  const ids: string[] = []
  for (let n = 0; n < 14; n++) ids.push(await created({ url: `redis://host-${n}.example.com` }))
  const shown = await pages(api.call, '/api/instances?limit=3')
  expect(shown.map((page) => page.length)).toEqual([3, 3, 3, 3, 2])
  expect(shown.flat().map((row) => (row as { id: string }).id)).toEqual(ids)
})

describe('trying a server', () => {
  test('answers what came back and watches nothing', async () => {
    const { status, body } = await api.call('POST', '/api/instances/test', { body: { url } })
    expect(status).toBe(200)
    expect(body).toEqual({
      reachable: true,
      server: 'valkey',
      version: '9.0.0',
      role: 'master',
      durationMs: 3,
    })
    expect(api.asked.probed).toEqual([url])
    expect((await api.call('GET', '/api/instances')).body).toEqual([])
  })

  test('needs a whole URL', async () => {
    for (const body of [{}, { url: redacted }, { url: 'x' }]) {
      const answer = await api.call('POST', '/api/instances/test', { body })
      expect(pointers(answer)).toEqual(['/url'])
    }
    expect(api.asked.probed).toEqual([])
  })
})
