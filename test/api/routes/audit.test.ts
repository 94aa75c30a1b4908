import { expect, test } from 'vitest'
import { z } from 'zod'
import { createAuthorize } from '../../../src/api/authorize.ts'
import { manageTokens } from '../../../src/api/tokens.ts'
import { removeAudit } from '../../../src/store/audit.ts'
import { useApi } from '../../support/api.ts'

const secret = 'a-signing-secret-of-the-test'
const api = useApi(async ({ db }) => ({ authorize: await createAuthorize(db, 'root') }), [secret])
const headers = { Authorization: 'Bearer root', 'X-Request-Id': 'the-request' }
const ask = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { headers, ...(body !== undefined && { body }) })
const log = async (query = '') =>
  z
    .array(z.looseObject({ action: z.string() }))
    .parse((await ask('GET', `/api/audit${query}`)).body)

async function webhook() {
  const made = await ask('POST', '/api/webhooks', {
    name: 'w',
    url: 'https://example.com/',
    events: ['instance.down'],
    secret,
  })
  return z.object({ id: z.string() }).parse(made.body).id
}

test('every change is on record: who, what, when, and never a value', async () => {
  const id = await webhook()
  await ask('PATCH', `/api/webhooks/${id}`, { enabled: false, secret: 'another secret' })
  // Some clients say of which kind a body is where they send none.
  const kind = { ...headers, 'Content-Type': 'application/json' }
  expect(await api.call('GET', `/api/webhooks/${id}/secret`, { headers: kind })).toMatchObject({
    status: 200,
  })
  await ask('DELETE', `/api/webhooks/${id}`)
  const entries = await log()
  expect(entries.map(({ action }) => action)).toEqual([
    'deleteWebhook',
    'getWebhookSecret',
    'patchWebhook',
    'createWebhook',
  ])
  expect(entries[2]).toEqual({
    id: expect.any(String),
    at: expect.any(Number),
    actor: 'TOCSIN_TOKEN',
    tokenId: null,
    action: 'patchWebhook',
    target: id,
    fields: ['enabled', 'secret'],
    requestId: 'the-request',
  })
  expect(entries[3]).toMatchObject({ target: id, fields: ['name', 'url', 'events', 'secret'] })
  expect(JSON.stringify(entries)).not.toContain('another secret')
})

test('what was refused, what was read and what changes nothing is not', async () => {
  const id = await webhook()
  await ask('PATCH', `/api/webhooks/${id}`, { name: '' })
  await ask('DELETE', '/api/webhooks/unknown')
  await ask('GET', `/api/webhooks/${id}`)
  await ask('POST', `/api/webhooks/${id}/test`)
  await ask('POST', '/api/events', { type: 'instance.down', data: { reason: 'x' } })
  for (const verb of ['retry', 'replay'])
    expect(
      await ask('POST', `/api/webhooks/${id}/${verb}`, { since: 0, dryRun: true }),
    ).toMatchObject({ status: 202 })
  expect(await log()).toMatchObject([{ action: 'createWebhook' }])
})

test('tokens made and revoked on the command line are on record too', async () => {
  const tokens = manageTokens(api.database.db)
  const { id } = await tokens.create({ name: 'ci', scopes: ['read'], expiresAt: null })
  await tokens.revoke(id)
  expect(await log('?actor=command%20line')).toMatchObject([
    { action: 'revokeToken', target: id },
    { action: 'createToken', target: id },
  ])
})

test('the log is filtered, and shown page by page', async () => {
  const [first] = [await webhook(), await webhook(), await webhook()]
  expect(await log(`?target=${first}`)).toHaveLength(1)
  expect(await log('?action=deleteWebhook')).toEqual([])
  expect(await log('?until=2020-01-01')).toEqual([])
  const page = await ask('GET', '/api/audit?limit=2')
  expect(page.body).toHaveLength(2)
  expect(page.headers.get('link')).toContain('rel="next"')
})

test('entries go when they are old enough, and no sooner', async () => {
  await webhook()
  expect(await removeAudit(api.database.db, new Date(Date.now() - 60_000), 10)).toBe(0)
  expect(await removeAudit(api.database.db, new Date(Date.now() + 60_000), 10)).toBe(1)
  expect(await log()).toEqual([])
})

test('a change that cannot be put on record is done and logged', async () => {
  await api.database.db.execute('alter table audit rename to hidden')
  try {
    await webhook()
    expect(api.asked.logged).toMatchObject([
      {
        message: expect.stringContaining('not put on record'),
        properties: { action: 'createWebhook' },
      },
    ])
  } finally {
    await api.database.db.execute('alter table hidden rename to audit')
  }
})
