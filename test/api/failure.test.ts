import { expect, test } from 'vitest'
import type { Vault } from '../../src/rules/vault.ts'
import { createCall } from '../support/api-client.ts'
import { createDatabase } from '../support/databases.ts'
import { useDatabase } from '../support/fixtures.ts'
import { createService } from '../support/service.ts'

const database = useDatabase()
const secret = 'whsec_a-secret-that-nobody-may-see'
const webhook = { name: 'n', url: 'https://api.example.com', events: ['instance.down'], secret }

test('a database that cannot be reached is a 503 that says when to come back', async () => {
  const lost = await createDatabase()
  const { service, asked } = await createService(lost)
  const call = createCall(service)
  await lost.close()
  const requests: readonly (readonly [string, string, object?])[] = [
    ['GET', '/api/webhooks'],
    ['POST', '/api/webhooks', { body: webhook }],
    ['GET', '/api/alerts'],
    ['DELETE', '/api/webhooks/018d4f9c-2f00-7000-8000-000000000000'],
  ]
  for (const [method, path, options] of requests) {
    const answer = await call(method, path, options)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(answer.body).toMatchObject({ type: '/problems/unavailable' })
  }
  expect((await call('GET', '/healthz')).status).toBe(200)
  expect(asked.logged).toHaveLength(requests.length)
})

test('what nobody expected is a 500 that tells nothing, logged under the name of the request', async () => {
  const fault = new Error(`boom at /srv/tocsin with ${secret}`)
  const { service, asked } = await createService(database, {
    async test() {
      throw fault
    },
  })
  const call = createCall(service, [secret, 'boom', '/srv/'])
  const answer = await call('POST', '/api/webhooks/test', {
    body: webhook,
    headers: { 'X-Request-Id': 'r-1' },
  })
  expect(answer.status).toBe(500)
  expect(answer.body).toMatchObject({ type: '/problems/internal', requestId: 'r-1' })
  expect(asked.logged).toEqual([
    {
      message: expect.stringContaining('{requestId}'),
      properties: { method: 'POST', path: '/api/webhooks/test', requestId: 'r-1', error: fault },
    },
  ])
})

test('a query that fails is logged without its parameters', async () => {
  const same = async (text: string) => text
  const vault: Vault = { seal: async (text) => `${text}\u0000`, open: same, reseal: same }
  const { service, asked } = await createService(database, { store: { db: database.db, vault } })
  const answer = await createCall(service, [secret])('POST', '/api/webhooks', { body: webhook })
  expect(answer.status).toBe(500)
  const [{ properties } = { properties: undefined }] = asked.logged
  const error = properties?.error
  expect(error).toBeInstanceOf(Error)
  expect(String(error instanceof Error && `${error.message} ${error.stack}`)).not.toContain(secret)
  expect(String(error)).toContain('insert into "webhooks"')
})
