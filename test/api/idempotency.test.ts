import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { createAuthorize } from '../../src/api/authorize.ts'
import { manageTokens } from '../../src/api/tokens.ts'
import { createVault } from '../../src/rules/vault.ts'
import { resealAll } from '../../src/store/reseal.ts'
import { resultRows } from '../../src/store/rows.ts'
import { useApi } from '../support/api.ts'
import { createCall, pointers } from '../support/api-client.ts'

const api = useApi(async ({ db }) => ({ authorize: await createAuthorize(db, 'root') }))
const webhook = { name: 'w', url: 'https://example.com/', events: ['instance.down'] }

function post(path: string, body: unknown, key = 'k', token = 'root') {
  const headers = { Authorization: `Bearer ${token}`, 'Idempotency-Key': key }
  return api.call('POST', path, { body, headers })
}
async function list(path: string) {
  const { body } = await api.call('GET', path, { headers: { Authorization: 'Bearer root' } })
  return body as unknown[]
}

describe('a POST with an Idempotency-Key', () => {
  test('that is repeated gives the answer it had, and is done once', async () => {
    const first = await post('/api/webhooks', webhook)
    const again = await post('/api/webhooks', webhook)
    expect(again).toMatchObject({ status: 201, text: first.text })
    for (const name of ['content-type', 'location', 'etag'])
      expect(again.headers.get(name)).toBe(first.headers.get(name))
    expect(first.headers.has('idempotency-replayed')).toBe(false)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await list('/api/webhooks')).toHaveLength(1)
    expect(await list('/api/audit')).toHaveLength(1)
  })

  test('shows again what is shown once, which is stored sealed', async () => {
    const wish = { name: 'ci', scopes: ['read'] }
    const { body } = await post('/api/tokens', wish)
    expect((await post('/api/tokens', wish)).body).toEqual(body)
    const { token } = body as { token: string }
    const [kept] = resultRows<{ answer: string }>(
      await api.database.db.execute(sql`select answer from idempotency_keys`),
    )
    expect(kept?.answer).toMatch(/^sealed:/)
    expect(kept?.answer).not.toContain(token)
  })

  test('is refused with another body, and on another path', async () => {
    await post('/api/webhooks', webhook)
    for (const answer of [
      await post('/api/webhooks', { ...webhook, name: 'other' }),
      await post('/api/webhooks/test', webhook),
    ]) {
      expect(answer.status).toBe(422)
      expect(answer.body).toMatchObject({ type: '/problems/idempotency-key-reused' })
    }
  })

  test('of another client is another one', async () => {
    const wish = { name: 'ci', scopes: ['write'] as const, expiresAt: null }
    const { token } = await manageTokens(api.database.db).create(wish)
    await post('/api/webhooks', webhook)
    const other = await post('/api/webhooks', { ...webhook, name: 'other' }, 'k', token)
    expect(other.status).toBe(201)
  })

  test('that was refused may be repeated, mended', async () => {
    expect((await post('/api/webhooks', { ...webhook, name: '' })).status).toBe(400)
    expect((await post('/api/webhooks', webhook)).status).toBe(201)
  })

  test('waits for nobody: while the first is under way it is told to ask again', async () => {
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    let begun = () => {}
    const beginning = new Promise<void>((resolve) => {
      begun = resolve
    })
    const call = createCall({
      ...api.service,
      async probe() {
        begun()
        await finished
        return { reachable: false, error: 'refused', durationMs: 1 }
      },
    })
    const probe = () =>
      call('POST', '/api/instances/test', {
        body: { url: 'redis://cache.test' },
        headers: { Authorization: 'Bearer root', 'Idempotency-Key': 'k' },
      })
    const first = probe()
    await beginning
    const second = await probe()
    expect(second.status).toBe(409)
    expect(second.headers.get('retry-after')).toBe('1')
    // A process that ended in the middle of it leaves the key taken, for a minute.
    await api.database.db.execute(
      sql`update idempotency_keys set created_at = created_at - interval '61 seconds'`,
    )
    finish()
    expect((await first).status).toBe(200)
    expect((await probe()).headers.get('idempotency-replayed')).toBe('true')
  })

  test('has 1 to 255 characters', async () => {
    expect((await post('/api/webhooks', webhook, 'k'.repeat(255))).status).toBe(201)
    for (const key of ['', 'k'.repeat(256)])
      expect(pointers(await post('/api/webhooks', webhook, key))).toEqual([
        '/header/Idempotency-Key',
      ])
  })

  test('is answered as before also after the encryption key has changed', async () => {
    const [old, present] = [1, 2].map((byte) => new Uint8Array(32).fill(byte))
    const store = { db: api.database.db, vault: await createVault(old) }
    const ask = (vault: typeof store.vault) =>
      createCall({ ...api.service, store: { ...store, vault } })('POST', '/api/webhooks', {
        body: webhook,
        headers: { Authorization: 'Bearer root', 'Idempotency-Key': 'k' },
      })
    const first = await ask(store.vault)
    await resealAll({ ...store, vault: await createVault(present, undefined, old && [old]) })
    const again = await ask(await createVault(present))
    expect(again).toMatchObject({ status: 201, text: first.text })
  })
})

test('every POST declares it, and what it may be answered', async () => {
  const { body } = await api.call('GET', '/openapi.json')
  const { paths } = body as { paths: Record<string, Record<string, Operation>> }
  const posts = Object.values(paths).flatMap(({ post }) => post ?? [])
  expect(posts.length).toBeGreaterThan(10)
  for (const { parameters = [], responses } of posts) {
    expect(parameters.map(({ name }) => name)).toContain('Idempotency-Key')
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['409', '422']))
  }
})

interface Operation {
  readonly parameters?: readonly { readonly name: string }[]
  readonly responses: Readonly<Record<string, unknown>>
}
