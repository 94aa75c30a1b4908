import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createVault } from '../../src/rules/vault.ts'
import { resultRows } from '../../src/store/rows.ts'
import { tidy } from '../../src/store/tidy.ts'
import { useDatabase } from '../support/fixtures.ts'

const database = useDatabase()

test('a table is tidied once much of it has changed, and not before', async () => {
  const { db } = database
  const store = { db, vault: await createVault(undefined) }
  const change = (rows: number) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`
        insert into revisions (name, value) select 'test ' || n, 0
        from generate_series(1, ${rows}::int) n
        on conflict (name) do update set value = revisions.value + 1`)
      // A server counts when the session rests; this says what is known at once.
      await tx.execute(sql`select pg_stat_force_next_flush()`)
    })
  const dead = async () =>
    resultRows<{ dead: number }>(
      await db.execute(sql`
        select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'revisions'`),
    )[0]?.dead
  // What the tests before have changed of it counts as well.
  await db.execute(sql`vacuum analyze revisions`)
  await change(500)
  expect(await tidy(store)).not.toContain('revisions')
  await change(500)
  await change(500)
  await change(500)
  expect(await tidy(store)).toContain('revisions')
  expect(await dead()).toBe(0)
  expect(await tidy(store)).not.toContain('revisions')
})
