import { readFile, writeFile } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { connectEmbedded } from '../../src/runtimes/server/embedded-socket.ts'
import { preparing } from '../../src/runtimes/server/prepared.ts'
import type { TestDatabase } from './databases.ts'
import { emptyTables } from './empty-tables.ts'
import { migrationsFolder } from './migrations.ts'

/** The type of the message that ends a connection (PostgreSQL manual, "Message Formats"). */
const terminate = 0x58

/** Writes a migrated, empty data directory to `path`: 40 MB, which load twice as fast as packed. */
export async function dumpTemplate(path: string): Promise<void> {
  // Written to postgresql.conf, so that each copy takes some 100 MB less memory.
  const server = new PGlite({ postgresqlconf: ['shared_buffers=4MB'] })
  const client = await connect(server)
  await migrate(drizzle({ client }), { migrationsFolder })
  const archive = await server.dumpDataDir('none')
  await client.end()
  await server.close()
  await writeFile(path, new Uint8Array(await archive.arrayBuffer()))
}

/** Opens a copy of the archive at `template`: in memory, or on disk where a directory is given. */
export async function copyTemplate(template: string, directory?: string): Promise<TestDatabase> {
  return open(directory, new Blob([await readFile(template)]))
}

/** The service's own driver, on a database in this thread: another would only have to be started. */
async function connect(server: PGlite) {
  await server.waitReady
  const { client, answered, ended } = connectEmbedded((bytes) => {
    setImmediate(() => {
      if (bytes[0] === terminate) return ended()
      const onRawData = (part: Uint8Array) => answered(part.slice())
      void server.execProtocolRawStream(bytes, { syncToFs: false, onRawData })
    })
  })
  return client
}

async function open(directory?: string, archive?: Blob): Promise<TestDatabase> {
  const server = new PGlite({
    ...(directory === undefined ? {} : { dataDir: directory }),
    ...(archive === undefined ? {} : { loadDataDir: archive }),
  })
  const client = await connect(server)
  const db = drizzle({ client: preparing(client) })
  const close = async () => {
    await client.end()
    await server.close()
  }
  return {
    db,
    url: directory ?? 'memory://',
    close,
    async empty() {
      await db.execute(emptyTables)
    },
    async reopen() {
      const kept = directory === undefined ? await server.dumpDataDir('none') : undefined
      await close()
      return open(directory, kept)
    },
  }
}
