import type { Database } from '../store/database.ts'
import type { Service } from './service.ts'

/**
 * A service for routes that outlive the call they were made in: whatever is asked of it is asked of the
 * service of the call at hand. What never changes while a process lives is the first one's.
 */
export function lastingService(first: Service, now: () => Service): Service {
  const { version, catalog, formats, policy, rateLimits } = first
  return {
    ...{ version, catalog, formats, policy, rateLimits },
    store: {
      db: lastingDatabase(first.store.db, () => now().store.db),
      vault: {
        seal: (secret) => now().store.vault.seal(secret),
        open: (stored) => now().store.vault.open(stored),
        reseal: (stored) => now().store.vault.reseal(stored),
      },
    },
    lasts: false,
    log: { error: (message, properties) => now().log.error(message, properties) },
    tier: () => now().tier(),
    resolve: (host) => now().resolve(host),
    publish: (events, key, bytes) => now().publish(events, key, bytes),
    isFull: (bytes) => now().isFull(bytes),
    replay: (webhook, which) => now().replay(webhook, which),
    test: (webhook, event) => now().test(webhook, event),
    probe: (url) => now().probe(url),
    consents: { give: (key, header) => now().consents.give(key, header) },
    ready: () => now().ready(),
    // A call's own counts end with it.
    measured: () => [],
    authorize: (request, client) => now().authorize(request, client),
    wakeDrain: () => now().wakeDrain(),
    wakeTick: () => now().wakeTick(),
  }
}

function lastingDatabase(first: Database, now: () => Database): Database {
  return new Proxy(first, {
    get(_, name) {
      const db = now()
      const value: unknown = Reflect.get(db, name)
      return typeof value === 'function' ? value.bind(db) : value
    },
  })
}
