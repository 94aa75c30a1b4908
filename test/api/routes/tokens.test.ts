import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createAuthorize } from '../../../src/api/authorize.ts'
import { manageTokens } from '../../../src/api/tokens.ts'
import { tokens } from '../../../src/store/schema/index.ts'
import { useApi } from '../../support/api.ts'
import { pages } from '../../support/api-client.ts'

const root = 'the-token-of-the-environment'
const api = useApi(async ({ db }) => ({ authorize: await createAuthorize(db, root) }), [root])
const as = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })
const made = z.object({ id: z.string(), token: z.string(), hint: z.string() })

async function make(body: Record<string, unknown>, by = root) {
  const answer = await api.call('POST', '/api/tokens', { ...as(by), body })
  expect(answer.status).toBe(201)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return made.parse(answer.body)
}
const status = async (token: string, method: string, path: string, body?: unknown) =>
  (await api.call(method, path, { ...as(token), ...(body !== undefined && { body }) })).status

describe('a token', () => {
  test('is shown once, stored as a hash, and holds until it is revoked', async () => {
    const { id, token, hint } = await make({ name: 'ci', scopes: ['read', 'read'] })
    expect(token.startsWith(hint.slice(0, -1))).toBe(true)
    expect(JSON.stringify(await api.database.db.select().from(tokens))).not.toContain(token)
    expect(await status(token, 'GET', '/api/webhooks')).toBe(200)
    const listed = await api.call('GET', '/api/tokens', as(root))
    expect(listed.text).not.toContain(token)
    expect(listed.body).toMatchObject([
      {
        id,
        name: 'ci',
        scopes: ['read'],
        source: 'api',
        expiresAt: null,
        lastUsedAt: expect.any(Number),
      },
      {
        name: 'TOCSIN_TOKEN',
        scopes: ['admin'],
        source: 'environment',
        lastUsedAt: expect.any(Number),
      },
    ])
    expect(await status(root, 'DELETE', `/api/tokens/${id}`)).toBe(204)
    expect(await status(token, 'GET', '/api/webhooks')).toBe(401)
    expect(await status(root, 'DELETE', `/api/tokens/${id}`)).toBe(404)
  })

  test('ends when it expires, and cannot be made to have expired', async () => {
    const { db } = api.database
    const wish = { name: 'old', scopes: ['admin'] as const }
    const over = await manageTokens(db).create({ ...wish, expiresAt: new Date(Date.now() - 1000) })
    const soon = await manageTokens(db).create({
      ...wish,
      expiresAt: new Date(Date.now() + 60_000),
    })
    expect(await status(over.token, 'GET', '/api/webhooks')).toBe(401)
    expect(await status(soon.token, 'GET', '/api/webhooks')).toBe(200)
    const body = { name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }
    expect(await status(root, 'POST', '/api/tokens', body)).toBe(400)
  })

  test('of the environment is not revoked over the API, and ends when the environment changes', async () => {
    const listed = z
      .array(z.object({ id: z.string() }))
      .parse((await api.call('GET', '/api/tokens', as(root))).body)
    expect(await status(root, 'DELETE', `/api/tokens/${listed[0]?.id}`)).toBe(409)
    const { db } = api.database
    const next = await createAuthorize(db, 'another')
    const request = (token: string) => new Request('http://localhost/api/webhooks', as(token))
    expect(await next(request(root), {})).toMatchObject({ ok: false, status: 401 })
    expect(await next(request('another'), {})).toMatchObject({ ok: true })
    expect(
      (await db.select().from(tokens)).filter(({ source }) => source === 'environment'),
    ).toHaveLength(1)
    // A process without the variable does not know the token of others.
    expect(await (await createAuthorize(db, undefined))(request('another'), {})).toMatchObject({
      ok: false,
    })
  })

  test('notes when it was used, at most once a minute', async () => {
    const { token } = await make({ name: 'busy', scopes: ['read'] })
    const lastUse = async () => {
      await status(token, 'GET', '/api/webhooks')
      return (await api.database.db.select().from(tokens)).find(({ name }) => name === 'busy')
        ?.lastUsedAt
    }
    expect(await lastUse()).toEqual(await lastUse())
    const past = new Date(Date.now() - 61_000)
    await api.database.db.update(tokens).set({ lastUsedAt: past })
    expect((await lastUse())?.getTime()).toBeGreaterThan(past.getTime() + 60_000)
  })
})

test('each route asks for its scope and says which', async () => {
  const webhook = { name: 'w', url: 'https://example.com/', events: ['instance.down'] }
  const created = await api.call('POST', '/api/webhooks', { ...as(root), body: webhook })
  const path = `/api/webhooks/${z.object({ id: z.string() }).parse(created.body).id}`
  const event = { type: 'instance.down', data: { reason: 'x' } }
  const asked = [
    ['GET', path],
    ['PATCH', path, { enabled: false }],
    ['POST', '/api/events', event],
    ['GET', `${path}/secret`],
    ['POST', `${path}/rotate-secret`],
    ['GET', '/api/tokens'],
    ['GET', '/api/audit'],
  ] as const
  const served: Record<string, string[]> = {}
  for (const scope of ['read', 'write', 'publish', 'secrets', 'admin']) {
    const { token } = await make({ name: scope, scopes: [scope] })
    served[scope] = []
    for (const [method, path, body] of asked) {
      const answer = await status(token, method, path, body)
      if (answer < 300) served[scope].push(`${method} ${path.split('/').at(-1)}`)
      else expect(answer).toBe(403)
    }
  }
  const id = path.split('/').at(-1)
  expect(served).toEqual({
    read: [`GET ${id}`],
    write: [`GET ${id}`, `PATCH ${id}`],
    publish: ['POST events'],
    secrets: ['GET secret', 'POST rotate-secret'],
    admin: asked.map(([method, path]) => `${method} ${path.split('/').at(-1)}`),
  })
})

test('a token that may not is told which scope it lacks', async () => {
  const { token } = await make({ name: 'reader', scopes: ['read'] })
  const answer = await api.call('POST', '/api/tokens', { ...as(token), body: {} })
  expect(answer.status).toBe(403)
  expect(answer.headers.get('www-authenticate')).toContain('scope="admin"')
  expect(answer.body).toMatchObject({ detail: expect.stringContaining('"admin"') })
})

test.each([
  ['no scope', { name: 'x', scopes: [] }, '/scopes'],
  ['an unknown scope', { name: 'x', scopes: ['root'] }, '/scopes/0'],
  ['no name', { scopes: ['read'] }, '/name'],
  ['a field nobody knows', { name: 'x', scopes: ['read'], hash: 'y' }, '/hash'],
])('a token with %s is refused', async (_, body, pointer) => {
  const answer = await api.call('POST', '/api/tokens', { ...as(root), body })
  expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer }] })
})

test('tokens are listed page by page', async () => {
  for (const name of ['a', 'b']) await make({ name, scopes: ['read'] })
  const call: typeof api.call = (method, path) => api.call(method, path, as(root))
  const names = (await pages(call, '/api/tokens?limit=2')).map((page) =>
    z
      .array(z.object({ name: z.string() }))
      .parse(page)
      .map(({ name }) => name),
  )
  expect(names).toEqual([['b', 'a'], ['TOCSIN_TOKEN']])
})
