import { inject } from 'vitest'
import type { Database } from '../../src/store/database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the database of this project's tests is copied from. */
    database:
      | { readonly kind: 'pglite'; readonly template: string }
      | { readonly kind: 'postgres'; readonly url: string; readonly template: string }
  }
}

/** One open database of a test. */
export interface TestDatabase {
  readonly db: Database
  /**
   * What `DATABASE_URL` is for a service that shall use it: `postgres://…` or the directory given.
   * `memory://` names no data: a service started with it has a database of its own. One process at
   * a time may hold a directory: close it first.
   */
  readonly url: string
  /** Ends the connections; on PostgreSQL drops the database too. A directory stays. */
  close(): Promise<void>
  /** Empties every table: some milliseconds, where a new database takes up to half a second. */
  empty(): Promise<void>
  /** Ends this handle as a restart would and returns another on the same data. */
  reopen(): Promise<TestDatabase>
}

/**
 * A fresh, migrated, empty database of the project's kind. On PGlite it lives in memory, or in
 * `directory` where one is given; PostgreSQL keeps its own and ignores `directory`.
 */
export async function createDatabase(
  options: { readonly directory?: string } = {},
): Promise<TestDatabase> {
  const source = inject('database')
  if (source.kind === 'pglite') {
    const { copyTemplate } = await import('./pglite.ts')
    return copyTemplate(source.template, options.directory)
  }
  const { copyTemplate } = await import('./postgres.ts')
  return copyTemplate(source.url, source.template)
}
