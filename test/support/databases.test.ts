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
let database: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-databases-'))
  database = await createDatabase()
})

afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

test('a new database has had every migration of the folder', async () => {
  const journal: unknown = JSON.parse(
    await readFile(join(migrationsFolder, 'meta/_journal.json'), 'utf8'),
  )
  const applied = await rows(database, 'select hash from drizzle.__drizzle_migrations')
  expect(journal).toHaveProperty('entries.length', applied.length)
  expect(applied).not.toHaveLength(0)
})

test('the server is the one that the project is named after', async () => {
  const [version] = await rows(database, 'select version()')
  expect(version).toMatch(/^PostgreSQL (1[5-9]|[2-9]\d)/)
  expect(/emscripten|wasm/i.test(String(version))).toBe(inject('database').kind === 'pglite')
})

test('databases share nothing', async () => {
  const other = await createDatabase()
  await rows(database, 'create table only_in_one (n int)')
  await expect(rows(other, 'select n from only_in_one')).rejects.toThrow()
  await other.close()
})

test('emptying removes rows, few or many, starts sequences again and keeps the migrations', async () => {
  await rows(database, 'create table counted (id serial primary key, "odd name" int)')
  await rows(database, 'create table "Many" (id int references counted, n int)')
  await rows(database, 'insert into counted ("odd name") values (1), (2)')
  await rows(database, 'insert into "Many" select 1, n from generate_series(1, 20000) n')
  await database.empty()
  expect(await rows(database, 'select id from counted')).toEqual([])
  expect(await rows(database, 'select n from "Many"')).toEqual([])
  await rows(database, 'insert into counted ("odd name") values (3)')
  expect(await rows(database, 'select id from counted')).toEqual([1])
  await expect(rows(database, 'insert into "Many" values (2, 1)')).rejects.toThrow()
  expect(await rows(database, 'select 1 from drizzle.__drizzle_migrations')).not.toHaveLength(0)
})

test('what was written is there after it is opened again', async () => {
  await rows(database, 'create table kept (n int)')
  await rows(database, 'insert into kept values (7)')
  database = await database.reopen()
  expect(await rows(database, 'select n from kept')).toEqual([7])
})

test('a database given a directory can be opened again from it', async () => {
  const directory = join(folder, 'data')
  const first = await createDatabase({ directory })
  await rows(first, 'create table kept as select 7 as n')
  const again = await first.reopen()
  expect(await rows(again, 'select n from kept')).toEqual([7])
  if (inject('database').kind === 'pglite') expect(again.url).toBe(directory)
  await again.close()
})
