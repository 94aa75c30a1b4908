import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { Vault } from '../rules/vault.ts'

/** PGlite, PostgreSQL or Hyperdrive: the same to every query. A transaction is one too. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>

/** The database and the key to the secrets in it. */
export interface Store {
  readonly db: Database
  readonly vault: Vault
}
