import { createVault, type VaultKey } from '../rules/vault.ts'
import { recordAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { replaceLost } from '../store/lost-secrets.ts'
import { findUnreadable, type Holder, resealAll } from '../store/reseal.ts'

/** What secrets are stored with, and were before. */
export interface SecretKeys {
  readonly encryptionKey?: VaultKey | undefined
  readonly previousKeys?: readonly VaultKey[]
}

/** The stored secrets without the API, for the command line of those who run the service. */
export async function manageSecrets(db: Database, { encryptionKey, previousKeys }: SecretKeys) {
  const store = { db, vault: await createVault(encryptionKey, undefined, previousKeys) }
  const by = { actor: 'command line', tokenId: null, fields: [], requestId: null }
  const record = (action: string, target: string | null) =>
    recordAudit(db, { ...by, action, target })
  return {
    /** Stores all of them with the present key. */
    async rotate() {
      const done = await resealAll(store)
      await record('rotateEncryptionKey', null)
      return done
    },
    /** Gives up what no key opens: those it belongs to need new secrets, and webhooks are disabled. */
    async replaceLost(holders: readonly Holder[]) {
      await replaceLost(store, holders)
      for (const { id } of holders) await record('replaceLostSecrets', id)
    },
    /** Webhooks and instances whose secrets no key opens, a sample of them where there are many. */
    unreadable: () => findUnreadable(store),
  }
}
