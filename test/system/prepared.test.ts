import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { OpenDatabase } from '../../src/runtimes/server/database.ts'
import type { Database } from '../../src/store/database.ts'
import { resultRows } from '../../src/store/rows.ts'
import { createPlace, type DataPlace, openPlace } from '../support/tocsin-process.ts'

let place: DataPlace
let database: OpenDatabase

beforeAll(async () => {
  place = await createPlace()
  database = await openPlace(place)
  await database.db.execute(sql`create table numbers (n int primary key, text text)`)
})
afterAll(async () => {
  await database.close()
  await place.remove()
})

const add = (db: Database, n: number, text: string | null) =>
  db.execute(sql`insert into numbers (n, text) values (${n}, ${text}) returning n, text`)
const find = async (db: Database, n: number) =>
  resultRows(await db.execute(sql`select text, n from numbers where n = ${n}`))

it('answers a statement that comes again with what it is given each time', async () => {
  const { db } = database
  for (let n = 0; n < 20; n += 1)
    expect(resultRows(await add(db, n, n % 2 ? `text ${n}` : null))).toEqual([
      { n, text: n % 2 ? `text ${n}` : null },
    ])
  for (let n = 0; n < 20; n += 1)
    expect(await find(db, n)).toEqual([{ text: n % 2 ? `text ${n}` : null, n }])
  expect(await find(db, 99)).toEqual([])
})

it('survives the failures of a statement, in a transaction and without', async () => {
  const { db } = database
  for (let n = 0; n < 4; n += 1) {
    await expect(add(db, n, 'twice')).rejects.toThrow()
    const undone = db.transaction(async (tx) => {
      await add(tx, 100 + n, 'undone')
      await tx.execute(sql`select n / 0 from numbers where n = ${100 + n}`)
    })
    await expect(undone).rejects.toThrow()
    expect(await find(db, 100 + n)).toEqual([])
    await expect(db.execute(sql`select nothing from numbers where n = ${n}`)).rejects.toThrow()
  }
  await db.transaction(async (tx) => {
    await add(tx, 200, 'kept')
    expect(await find(tx, 200)).toEqual([{ text: 'kept', n: 200 }])
  })
  expect(await find(db, 200)).toEqual([{ text: 'kept', n: 200 }])
})

// PostgreSQL looks itself at how its tables grow.
if (inject('database').kind === 'pglite')
  it('plans for a large table while it is small: the plan is kept, and nobody tells when it grows', async () => {
    const { db } = database
    await db.execute(sql`create table small (n int primary key)`)
    await db.execute(sql`insert into small (n) values (1)`)
    await db.execute(sql`analyze small`)
    const plan = await db.execute(sql`explain select n from small where n = 1`)
    expect(JSON.stringify(resultRows(plan))).toContain('using small_pkey')
  })

it('goes on when many run side by side, and when more texts come than are kept', async () => {
  const { db } = database
  const found = await Promise.all(Array.from({ length: 50 }, (_, n) => find(db, n % 20)))
  expect(found.map((rows) => rows.length)).toEqual(Array.from({ length: 50 }, () => 1))
  for (let n = 0; n < 250; n += 1)
    for (let times = 0; times < 2; times += 1)
      expect(
        resultRows(await db.execute(sql`select ${sql.raw(String(n))} + ${n}::int as twice`)),
      ).toEqual([{ twice: 2 * n }])
})
