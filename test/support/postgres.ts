import { randomUUID } from 'node:crypto'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { preparing } from '../../src/runtimes/server/prepared.ts'
import type { TestDatabase } from './databases.ts'
import { emptyTables } from './empty-tables.ts'
import { migrationsFolder } from './migrations.ts'
import type { PostgresServer } from './postgres-server.ts'

const connect = (url: string, max: number) =>
  postgres(url, { max, connection: { client_min_messages: 'warning' } })

/** Runs one statement that no transaction may hold, such as `create database`. */
async function administer(url: string, statement: string): Promise<void> {
  const client = connect(url, 1)
  try {
    await client.unsafe(statement)
  } finally {
    await client.end()
  }
}

/** Creates the migrated, empty database that test databases are copied from. */
export async function createTemplate(
  server: PostgresServer,
): Promise<{ url: string; template: string }> {
  const url = server.url('postgres')
  const template = 'tocsin_template'
  await administer(url, `create database ${template}`)
  const client = connect(server.url(template), 1)
  try {
    await migrate(drizzle({ client }), { migrationsFolder })
  } finally {
    await client.end()
  }
  return { url, template }
}

/** Creates a copy of the database `template` on the server at `admin`; `close` drops it. */
export async function copyTemplate(admin: string, template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(admin, `create database ${name} template ${template}`)
  const url = new URL(`/${name}`, admin).href
  return open(url, () => administer(admin, `drop database ${name} with (force)`))
}

function open(url: string, drop: () => Promise<void>): TestDatabase {
  const client = connect(url, 4)
  const db = drizzle({ client: preparing(client) })
  return {
    db,
    url,
    async close() {
      await client.end({ timeout: 5 })
      await drop()
    },
    async empty() {
      await db.execute(emptyTables)
    },
    async reopen() {
      await client.end({ timeout: 5 })
      return open(url, drop)
    },
  }
}
