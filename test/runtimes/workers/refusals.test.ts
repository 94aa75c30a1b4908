import { expect, test } from 'vitest'
import { createApi } from '../../../src/api/app.ts'
import { createVault } from '../../../src/rules/vault.ts'
import { createSecretReader } from '../../../src/runtimes/workers/secret-reader.ts'
import { policyOf } from '../../../src/runtimes/workers/settings.ts'
import type { TestDatabase } from '../../support/databases.ts'
import { createService } from '../../support/service.ts'

// Nothing that is refused gets as far as a database.
const db = {} as TestDatabase['db']
const vault = await createVault(undefined, createSecretReader({}))
const { service } = await createService(
  { db },
  { store: { db, vault }, policy: policyOf({ production: true }) },
)
const api = createApi(service)

async function create(what: 'webhooks' | 'instances', body: object) {
  const response = await api.fetch(
    new Request(`http://localhost/api/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
  return { status: response.status, body: await response.json() }
}

const webhook = { name: 'a', url: 'https://example.com/hook', events: ['memory.critical'] }

test.each([
  ['webhooks', { ...webhook, url: 'https://10.1.2.3/' }, '/url', 'Worker reaches nothing private'],
  ['webhooks', { ...webhook, allowInvalidCerts: true }, '/allowInvalidCerts', 'check every'],
  ['webhooks', { ...webhook, secret: { file: '/run/secret' } }, '/secret', 'A Worker has no files'],
  ['webhooks', { ...webhook, secret: { env: 'HOOK' } }, '/secret', 'wrangler secret put HOOK'],
  ['instances', { url: 'redis://192.168.1.5' }, '/url', 'Worker reaches nothing private'],
] as const)('a Worker refuses %s %j, and says why', async (what, body, pointer, reason) => {
  expect(await create(what, body)).toMatchObject({
    status: 400,
    body: { errors: [{ pointer, message: expect.stringContaining(reason) }] },
  })
})
