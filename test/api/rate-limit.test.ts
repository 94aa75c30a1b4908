import { expect, test } from 'vitest'
import { createAuthorize } from '../../src/api/authorize.ts'
import { manageTokens } from '../../src/api/tokens.ts'
import { useApi } from '../support/api.ts'

const api = useApi(async ({ db }) => ({
  authorize: await createAuthorize(db, 'root'),
  rateLimits: { create: 2, test: 1, retry: 1 },
}))
const webhook = { name: 'w', url: 'https://example.com/', events: ['instance.down'] }
const create = (token = 'root') =>
  api.call('POST', '/api/webhooks', {
    body: webhook,
    headers: { Authorization: `Bearer ${token}` },
  })

test('a client is told how many requests are left, and refused beyond the quota', async () => {
  const first = await create()
  expect(first.headers.get('ratelimit')).toMatch(/^"create";r=1;t=60$/)
  expect(first.headers.get('ratelimit-policy')).toBe('"create";q=2;w=60')
  await create()
  const refused = await create()
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
  expect(refused.headers.get('ratelimit')).toMatch(/^"create";r=0;t=\d+$/)
  expect(refused.body).toMatchObject({ type: '/problems/too-many-requests' })
})

test('another client has a quota of its own, and other routes no such limit', async () => {
  const wish = { name: 'ci', scopes: ['write'] as const, expiresAt: null }
  const { token } = await manageTokens(api.database.db).create(wish)
  for (const left of [1, 0])
    expect((await create()).headers.get('ratelimit')).toContain(`r=${left};`)
  expect((await create(token)).status).toBe(201)
  const listed = await api.call('GET', '/api/webhooks', {
    headers: { Authorization: 'Bearer root' },
  })
  expect(listed.status).toBe(200)
  expect(listed.headers.get('ratelimit')).toBeNull()
})

test('a request that is refused for want of a token counts for nobody', async () => {
  for (let times = 0; times < 3; times += 1) expect((await create('wrong')).status).toBe(401)
  expect((await create()).status).toBe(201)
})

test.each([
  ['test', '/api/webhooks/test'],
  ['test', '/api/instances/test'],
  ['retry', '/api/webhooks/x/retry'],
  ['retry', '/api/webhooks/deliveries/x/retry'],
])('%s limits %s', async (name, path) => {
  const ask = () => api.call('POST', path, { headers: { Authorization: 'Bearer root' } })
  expect((await ask()).status).not.toBe(429)
  const refused = await ask()
  expect(refused.status).toBe(429)
  expect(refused.headers.get('ratelimit')).toContain(`"${name}"`)
})
