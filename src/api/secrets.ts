import { createVault, type VaultKey } from '../rules/vault.ts'
import { recordAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { findUnreadable, resealAll } from '../store/reseal.ts'

/** What secrets are stored with, and were before. */
export interface SecretKeys {
  readonly encryptionKey?: VaultKey | undefined
  readonly previousKeys?: readonly VaultKey[]
}

/** The stored secrets without the API, for the command line of those who run the service. */
export async function manageSecrets(db: Database, { encryptionKey, previousKeys }: SecretKeys) {
  const store = { db, vault: await createVault(encryptionKey, undefined, previousKeys) }
  return {
    /** Stores all of them with the present key. */
    async rotate() {
      const done = await resealAll(store)
      await recordAudit(db, {
        actor: 'command line',
        tokenId: null,
        action: 'rotateEncryptionKey',
        target: null,
        fields: [],
        requestId: null,
      })
      return done
    },
    /** Webhooks and instances whose secrets no key opens, a sample of them where there are many. */
    unreadable: () => findUnreadable(store),
  }
}
