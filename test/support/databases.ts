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

/** One open database of a test, which leaves its tables as they are. */
export interface BorrowedDatabase {
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
}

/** One open database that is a test's own. */
export interface TestDatabase extends BorrowedDatabase {
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

/** What files before this one, in the same process, are done with. */
const idle: TestDatabase[] = []

/**
 * A migrated, empty database for tests that leave its tables as they are: `close` keeps it for the
 * next file. Making one takes up to a second of a processor, emptying one some milliseconds.
 */
export async function borrowDatabase(): Promise<BorrowedDatabase> {
  const database = idle.pop() ?? (await createDatabase())
  await database.empty()
  const { db, url, empty } = database
  return {
    db,
    url,
    empty,
    async close() {
      idle.push(database)
    },
  }
}
