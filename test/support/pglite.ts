import { cpSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import { embeddedSettings } from '../../src/runtimes/server/embedded-settings.ts'
import { connectEmbedded } from '../../src/runtimes/server/embedded-socket.ts'
import { preparing } from '../../src/runtimes/server/prepared.ts'
import type { TestDatabase } from './databases.ts'
import { emptyTables } from './empty-tables.ts'
import { migrationsFolder } from './migrations.ts'

/** The type of the message that ends a connection (PostgreSQL manual, "Message Formats"). */
const terminate = 0x58

/** What copies are made of, in `folder`: as a directory, and as the archive that memory is loaded with. */
const parts = (folder: string) => ({
  directory: join(folder, 'pgdata'),
  archive: join(folder, 'pgdata.tar'),
})

/** Makes a migrated, empty database in `folder`, to be copied. */
export async function createTemplate(folder: string): Promise<void> {
  const { directory, archive } = parts(folder)
  // Written to postgresql.conf, so that each copy takes some 100 MB less memory.
  const server = new PGlite({ postgresqlconf: ['shared_buffers=4MB'] })
  const client = await connect(server)
  await migrate(drizzle({ client }), { migrationsFolder })
  // Two thirds of the files, which every copy would have and nothing reads.
  await client`update pg_database set datistemplate = false`
  for (const unused of ['template0', 'template1']) await client.unsafe(`drop database ${unused}`)
  // Loads twice as fast as packed.
  const data = await server.dumpDataDir('none')
  await client.end()
  await server.close()
  await writeFile(archive, new Uint8Array(await data.arrayBuffer()))
  await (await PGlite.create({ dataDir: directory, loadDataDir: data })).close()
}

/** Opens a copy of the template in `folder`: in memory, or on disk where a directory is given. */
export async function copyTemplate(folder: string, directory?: string): Promise<TestDatabase> {
  if (directory === undefined)
    return openPglite(undefined, new Blob([await readFile(parts(folder).archive)]))
  copyTemplateTo(directory, folder)
  return openPglite(directory)
}

/** Writes a copy of the template in `folder` to a directory, without opening it. */
export function copyTemplateTo(directory: string, folder: string): void {
  // One call: file by file in turns takes three times as long.
  cpSync(parts(folder).directory, directory, { recursive: true })
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

/** In memory, or on disk where a directory is given. */
export async function openPglite(directory?: string, archive?: Blob): Promise<TestDatabase> {
  const server = new PGlite({
    startParams: [...PGlite.defaultStartParams, ...embeddedSettings],
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
      return openPglite(directory, kept)
    },
  }
}
