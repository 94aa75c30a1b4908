import { inspect } from 'node:util'
import type { Service } from '../../src/api/service.ts'
import { builtInFormats } from '../../src/formats/index.ts'
import { type Catalog, createCatalog } from '../../src/rules/catalog.ts'
import { createFormats } from '../../src/rules/formats.ts'
import type { IdempotencyKey, PublishedEvent } from '../../src/rules/publish.ts'
import type { Replay } from '../../src/rules/replay.ts'
import { scrub } from '../../src/rules/scrub.ts'
import type { TestTarget } from '../../src/rules/test-send.ts'
import { createVault } from '../../src/rules/vault.ts'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import { newId } from '../../src/store/ids.ts'
import type { TestDatabase } from './databases.ts'
import { noteLog } from './secret-search.ts'

/** What the API asked of the rest of the service. */
export interface Asked {
  readonly published: { events: readonly PublishedEvent[]; key: IdempotencyKey | undefined }[]
  readonly replayed: { webhook: string; which: Replay }[]
  readonly tested: { target: TestTarget; event: string }[]
  readonly probed: string[]
  readonly resolved: string[]
  readonly logged: { message: string; properties: Record<string, unknown> | undefined }[]
  drains: number
  ticks: number
}

export const catalog: Catalog = createCatalog(builtInPlugins)

/**
 * A service on a real database with the real catalogue and secrets encrypted. What lies behind the
 * API - publishing, sending, connecting, names - only notes what it was asked; the system's own
 * tests show the real ones.
 */
export async function createService(
  { db }: Pick<TestDatabase, 'db'>,
  changes: Partial<Service> = {},
): Promise<{ readonly service: Service; readonly asked: Asked }> {
  const asked: Asked = {
    published: [],
    replayed: [],
    tested: [],
    probed: [],
    resolved: [],
    logged: [],
    drains: 0,
    ticks: 0,
  }
  const service: Service = {
    version: '1.2.3',
    store: { db, vault: await createVault(crypto.getRandomValues(new Uint8Array(32))) },
    catalog,
    formats: createFormats(builtInFormats),
    policy: { production: false, allow: [] },
    tier: () => 'enterprise',
    async resolve(host) {
      asked.resolved.push(host)
      return []
    },
    async publish(events, key) {
      asked.published.push({ events, key })
      const published = events.map(() => ({ id: newId(), deliveries: 0 }))
      return { ok: true, published: { accepted: events.length, events: published } }
    },
    isFull: () => false,
    async replay(webhook, which) {
      asked.replayed.push({ webhook: webhook.id, which })
      return 2
    },
    async test(target, event) {
      asked.tested.push({ target, event: event.declaration.type })
      return { success: true, statusCode: 200, responseBody: 'OK', durationMs: 12 }
    },
    consents: { give: async (key) => (key === 'known' ? undefined : 'unknown') },
    async probe(url) {
      asked.probed.push(url)
      return { reachable: true, server: 'valkey', version: '9.0.0', role: 'master', durationMs: 3 }
    },
    measured: () => [],
    ready: async () => ({ ready: true, checks: { database: 'ok' } }),
    authorize: async () => ({
      ok: true,
      principal: { tokenId: null, name: 'tests', scopes: ['admin'] },
    }),
    log: {
      error(message, properties) {
        asked.logged.push({ message, properties })
        noteLog(`the API, ${newId()}`, () =>
          scrub(`${message} ${inspect(properties, { depth: 9 })}`),
        )
      },
    },
    wakeDrain() {
      asked.drains++
    },
    wakeTick() {
      asked.ticks++
    },
    ...changes,
  }
  return { service, asked }
}
