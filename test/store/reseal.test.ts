import { expect, test } from 'vitest'
import { openSecrets } from '../../src/rules/opened-secrets.ts'
import { createVault, type VaultKey } from '../../src/rules/vault.ts'
import type { Store } from '../../src/store/database.ts'
import { findInstance, insertInstance } from '../../src/store/instances.ts'
import { replaceLost } from '../../src/store/lost-secrets.ts'
import { findUnreadable, resealAll } from '../../src/store/reseal.ts'
import {
  findWebhook,
  insertWebhook,
  listWebhooks,
  rotateSecret,
  updateWebhook,
} from '../../src/store/webhooks.ts'
import { useDatabase } from '../support/fixtures.ts'
import { webhookSettings } from '../support/webhook-settings.ts'

const keyOf = (byte: number) => new Uint8Array(32).fill(byte)
const [oldKey, newKey, lostKey] = [keyOf(1), keyOf(2), keyOf(3)]
const settings = webhookSettings({
  name: 'hook',
  url: 'https://example.com/',
  events: ['instance.down'],
})
const watched = { name: 'cache', host: 'cache.test', port: 6379, labels: {}, enabled: true }
const url = 'redis://user:hunter2@cache.test:6379'
const database = useDatabase()

async function storeWith(key?: VaultKey, previous: readonly VaultKey[] = []): Promise<Store> {
  return { db: database.db, vault: await createVault(key, undefined, previous) }
}

/** A webhook with one secret of each kind, and an instance with a password. */
async function fill(store: Store) {
  const sealed = { httpAuth: await store.vault.seal('password'), url: 'env:HOOK_URL' }
  const webhook = await insertWebhook(store, settings, 'first', sealed)
  await rotateSecret(store, webhook, 'second', 3_600_000)
  const instance = await insertInstance(store, { ...watched, url, pollIntervalMs: null })
  return { webhookId: webhook.id, instanceId: instance?.id ?? '' }
}

async function secretsOf(
  store: Store,
  { webhookId, instanceId }: Awaited<ReturnType<typeof fill>>,
) {
  const webhook = await findWebhook(store, webhookId)
  const instance = await findInstance(store, instanceId)
  if (webhook === undefined || instance === undefined) throw new Error('They are gone.')
  const { url: reference, ...sealed } = webhook.sealed
  const opened = await openSecrets(store.vault, { ...webhook, sealed }, Date.now())
  return { ...opened, reference, url: await store.vault.open(instance.url) }
}
const all = {
  signing: ['second', 'first'],
  values: { httpAuth: 'password' },
  reference: 'env:HOOK_URL',
  url,
}

test.each([
  ['another key', oldKey],
  ['no key', undefined],
])(
  'what was stored with %s is stored with the present one, every kind of secret',
  async (_, key) => {
    const filled = await fill(await storeWith(key))
    const both = await storeWith(newKey, [oldKey])
    expect(await secretsOf(both, filled)).toEqual(all)
    expect(await resealAll(both)).toEqual({ resealed: 2, unchanged: 0, unreadable: [] })
    expect(await secretsOf(await storeWith(newKey), filled)).toEqual(all)
    expect(await resealAll(both)).toEqual({ resealed: 0, unchanged: 2, unreadable: [] })
  },
)

test('what no key opens is named, and stays as it is', async () => {
  const filled = await fill(await storeWith(lostKey))
  const store = await storeWith(newKey, [oldKey])
  const holders = [
    { kind: 'webhook', id: filled.webhookId, name: 'hook' },
    { kind: 'instance', id: filled.instanceId, name: 'cache' },
  ]
  expect(await findUnreadable(store)).toEqual(holders)
  expect(await resealAll(store)).toEqual({ resealed: 0, unchanged: 0, unreadable: holders })
  expect(await secretsOf(await storeWith(lostKey), filled)).toEqual(all)
  expect(await findUnreadable(await storeWith(lostKey))).toEqual([])
})

test('what is lost is given up: a webhook gets a new secret and is disabled, an instance no password', async () => {
  const filled = await fill(await storeWith(lostKey))
  const store = await storeWith(newKey)
  await replaceLost(store, (await resealAll(store)).unreadable)
  expect(await findUnreadable(store)).toEqual([])
  const webhook = await findWebhook(store, filled.webhookId)
  expect(webhook).toMatchObject({
    enabled: false,
    disabledReason: expect.stringContaining('set them anew'),
    sealedPreviousSecret: null,
    sealed: {},
  })
  expect(await store.vault.open(webhook?.sealedSecret ?? '')).toMatch(/^whsec_.{44}$/)
  const instance = await findInstance(store, filled.instanceId)
  expect(await store.vault.open(instance?.url ?? '')).toBe('redis://cache.test:6379')
})

test('a change made meanwhile is kept, and stored with the present key too', async () => {
  const old = await storeWith(oldKey)
  const { webhookId } = await fill(old)
  const both = await storeWith(newKey, [oldKey])
  let changed = false
  const busy: Store = {
    db: both.db,
    vault: {
      ...both.vault,
      async reseal(stored) {
        const webhook = changed ? undefined : await findWebhook(old, webhookId)
        changed = true
        if (webhook !== undefined)
          await updateWebhook(old, webhook, {
            settings: { ...settings, name: 'new' },
            secret: 'third',
          })
        return both.vault.reseal(stored)
      },
    },
  }
  expect(await resealAll(busy)).toMatchObject({ resealed: 2 })
  const present = await storeWith(newKey)
  const [webhook] = await listWebhooks(present, { limit: 1 })
  expect(webhook?.name).toBe('new')
  expect(await present.vault.open(webhook?.sealedSecret ?? '')).toBe('third')
})
