import { redactUrl } from '../../rules/address.ts'
import type { Instance } from '../../store/instances.ts'
import type { Service } from '../service.ts'

/** An instance as answers show it: the password of its URL redacted. */
export async function presentInstance({ store }: Service, row: Instance) {
  return {
    id: row.id,
    name: row.name,
    url: redactUrl(await store.vault.open(row.url)),
    host: row.host,
    port: row.port,
    labels: row.labels,
    enabled: row.enabled,
    pollIntervalMs: row.pollIntervalMs,
    source: row.source,
    discoveredBy: row.discoveredBy,
    state: row.state,
    server: row.server,
    version: row.version,
    role: row.role,
    lastError: row.lastError,
    lastLookAt: row.lastLookAt?.getTime() ?? null,
    lastSeenAt: row.lastSeenAt?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
  }
}
