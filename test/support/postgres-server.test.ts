import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.close())

/** The rows in a table that the first call creates; each call adds one. */
async function count(): Promise<unknown> {
  const sql = postgres(server.url('postgres'), { max: 1, onnotice() {} })
  try {
    await sql`create table if not exists counted (n int)`
    await sql`insert into counted values (1)`
    return (await sql`select count(*)::int as n from counted`)[0]?.n
  } finally {
    await sql.end()
  }
}

test('a server keeps its address and its data over a stop, a crash and a restart', async () => {
  expect(await count()).toBe(1)
  await server.stop()
  await expect(count()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await server.start()
  expect(await count()).toBe(2)
  await server.stop('SIGQUIT')
  await server.start()
  expect(await count()).toBe(3)
  await server.restart()
  expect(await count()).toBe(4)
})
