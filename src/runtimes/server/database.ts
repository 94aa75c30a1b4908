import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Database, Hints } from '../../index.ts'
import type { DatabaseSetting } from '../environment.ts'
import { lockDirectory } from './directory-lock.ts'
import { openEmbedded } from './embedded.ts'
import { preparing } from './prepared.ts'
import { root } from './root.ts'

const migrationsFolder = fileURLToPath(new URL('drizzle', root))

/** A database, migrated and ready. */
export interface OpenDatabase {
  readonly db: Database
  /** Whether other processes may be at work on it too. */
  readonly shared: boolean
  /** For people: where the data is, without a password. */
  readonly place: string
  /** Word between processes that there is work; absent where there is no other process. */
  readonly hints?: Hints
  close(): Promise<void>
}

/** The database cannot be used. `message` says why, and what to do. */
class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

/** Opens the database and brings its tables up to date. */
export function openDatabase(setting: DatabaseSetting): Promise<OpenDatabase> {
  switch (setting.kind) {
    case 'postgres':
      return openPostgres(setting.url)
    case 'directory':
      return openDirectory(setting.path)
    case 'memory':
      return openMemory()
  }
}

async function openMemory(): Promise<OpenDatabase> {
  return { ...(await migrated()), place: 'in memory: gone when Tocsin stops', shared: false }
}

async function openDirectory(path: string): Promise<OpenDatabase> {
  const lock = lockDirectory(path)
  try {
    const data = join(path, 'pgdata')
    await mkdir(data, { recursive: true })
    const { db, close } = await migrated(data)
    return {
      db,
      shared: false,
      place: `embedded, in ${path}`,
      async close() {
        await close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function migrated(directory?: string) {
  const { client, close } = await openEmbedded(directory)
  await migrate(drizzle({ client }), { migrationsFolder })
  return { db: drizzle({ client: preparing(client) }), close }
}

/** Any number works: it only has to be the same in every replica. */
const migrationLock = 7_206_201

async function openPostgres(url: string): Promise<OpenDatabase> {
  await migrateTogether(url)
  const client = connectTo(url, 10)
  return {
    db: drizzle({ client: preparing(client) }),
    shared: true,
    place: describe(url),
    hints: {
      async send() {
        await client.notify(channel, '')
      },
      async receive(heard) {
        await client.listen(channel, heard)
      },
    },
    close: () => client.end({ timeout: 5 }),
  }
}

/** Where replicas tell each other that there is work. */
const channel = 'tocsin_work'

function connectTo(url: string, max: number) {
  return postgres(url, {
    max,
    connect_timeout: 5,
    // By default connections wait up to 20 s before they try again, and whoever asks waits with them.
    backoff: () => 0.1,
    onnotice: () => {},
    connection: {
      application_name: 'tocsin',
      statement_timeout: 60_000,
      // Compiling a claim takes a hundred times as long as running it.
      jit: 'off',
      // A plan that is kept from when a table was small reads all of it when it has grown, until
      // somebody analyzes it: a fresh service at 1000 events a second fell 20 s behind in a minute.
      plan_cache_mode: 'force_custom_plan',
    },
  })
}

/** Replicas that start together would race: one migrates, the others wait for it. */
async function migrateTogether(url: string): Promise<void> {
  const client = connectTo(url, 1)
  try {
    const db = drizzle({ client })
    await db.execute(sql`select pg_advisory_lock(${sql.raw(String(migrationLock))})`)
    await migrate(db, { migrationsFolder })
  } catch (cause) {
    throw new DatabaseUnavailable(
      `The database ${describe(url)} cannot be used: ${reason(cause)}. Check DATABASE_URL and that the server is running.`,
      { cause },
    )
  } finally {
    // Ending the connection gives the lock back.
    await client.end({ timeout: 1 })
  }
}

function describe(url: string): string {
  const { host, pathname } = new URL(url)
  return `PostgreSQL at ${host}${pathname}`
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof AggregateError) return reason(cause.errors[0])
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
