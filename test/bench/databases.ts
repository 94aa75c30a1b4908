import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { OpenDatabase } from '../../src/runtimes/server/database.ts'
import { openDatabase } from '../../src/runtimes/server/database.ts'
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts'

export const databaseKinds = ['postgres', 'pglite'] as const
export type DatabaseKind = (typeof databaseKinds)[number]

/** Where a fresh database is, or will be: `postgres://…`, or a directory. */
export interface DatabasePlace {
  readonly kind: DatabaseKind
  readonly location: string
}

/** Fresh databases, each as the service itself opens one: PGlite on disk, PostgreSQL with fsync. */
export interface Databases {
  place(kind: DatabaseKind): Promise<DatabasePlace>
  open(kind: DatabaseKind): Promise<OpenDatabase>
  /** Ends the server and removes every file. */
  close(): Promise<void>
}

export function openPlace({ kind, location }: DatabasePlace): Promise<OpenDatabase> {
  return openDatabase(
    kind === 'postgres' ? { kind, url: location } : { kind: 'directory', path: location },
  )
}

export function createDatabases(): Databases {
  const folders: string[] = []
  let starting: Promise<PostgresServer> | undefined
  let count = 0

  async function place(kind: DatabaseKind): Promise<DatabasePlace> {
    if (kind === 'pglite') {
      const location = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
      folders.push(location)
      return { kind, location }
    }
    starting ??= startPostgres({ fsync: true })
    const server = await starting
    count += 1
    const name = `bench_${count}`
    const admin = await openDatabase({ kind: 'postgres', url: server.url('postgres') })
    await admin.db.execute(sql.raw(`create database ${name}`))
    await admin.close()
    return { kind, location: server.url(name) }
  }

  return {
    place,
    open: async (kind) => openPlace(await place(kind)),
    async close() {
      await (await starting)?.close()
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
    },
  }
}
