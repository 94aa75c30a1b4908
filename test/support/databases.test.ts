import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from './databases.ts'
import { migrationsFolder } from './migrations.ts'

/** The rows of a query, whichever driver answers: one returns them bare, the other in a result. */
async function rows(database: TestDatabase, query: string): Promise<unknown[]> {
  const result: unknown = await database.db.execute(sql.raw(query))
  const list = Array.isArray(result) ? result : (result as { rows: unknown[] }).rows
  return list.map((row) => Object.values(row as object)[0])
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-databases-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test('a new database has had every migration of the folder', async () => {
  const journal: unknown = JSON.parse(
    await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8'),
  )
  const database = await createDatabase()
  const applied = await rows(database, 'select hash from drizzle.__drizzle_migrations')
  await database.close()
  expect(journal).toHaveProperty('entries.length', applied.length)
  expect(applied).not.toHaveLength(0)
})

test('the server is the one that the project is named after', async () => {
  const database = await createDatabase()
  const [version] = await rows(database, 'select version()')
  await database.close()
  expect(version).toMatch(/^PostgreSQL (1[5-9]|[2-9]\d)/)
  expect(/emscripten|wasm/i.test(String(version))).toBe(inject('database').kind === 'pglite')
})

test('databases share nothing', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()])
  await rows(one, 'create table only_in_one (n int)')
  await expect(rows(other, 'select n from only_in_one')).rejects.toThrow()
  await Promise.all([one.close(), other.close()])
})

test('what was written is there after it is opened again', async () => {
  const database = await createDatabase()
  await rows(database, 'create table kept (n int)')
  await rows(database, 'insert into kept values (7)')
  const again = await database.reopen()
  expect(await rows(again, 'select n from kept')).toEqual([7])
  await again.close()
})

test('a database given a directory can be opened again from it', async () => {
  const directory = join(folder, 'data')
  const database = await createDatabase({ directory })
  await rows(database, 'create table kept as select 7 as n')
  const again = await database.reopen()
  expect(await rows(again, 'select n from kept')).toEqual([7])
  if (inject('database').kind === 'pglite') expect(again.url).toBe(directory)
  await again.close()
})

test('emptying removes rows, starts sequences again and keeps the migrations', async () => {
  const database = await createDatabase()
  await rows(database, 'create table counted (id serial, "odd name" int)')
  await rows(database, 'insert into counted ("odd name") values (1), (2)')
  await database.empty()
  expect(await rows(database, 'select id from counted')).toEqual([])
  await rows(database, 'insert into counted ("odd name") values (3)')
  expect(await rows(database, 'select id from counted')).toEqual([1])
  expect(await rows(database, 'select 1 from drizzle.__drizzle_migrations')).not.toHaveLength(0)
  await database.close()
})
