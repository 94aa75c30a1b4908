import { afterAll, beforeAll, expect, test } from 'vitest'
import { createVault } from '../../src/rules/vault.ts'
import { findDue } from '../../src/store/due.ts'
import { createDatabase, type TestDatabase } from '../support/databases.ts'
import { createPipeline, level } from '../support/pipeline.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.close())

test('nothing is due until something is watched, owed, or stands', async () => {
  const store = { db: database.db, vault: await createVault() }
  expect(await findDue(store)).toEqual({ lookInMs: undefined, owed: false, standing: false })

  const pipeline = await createPipeline(database.db)
  await pipeline.webhook({ url: 'http://127.0.0.1:1/', events: [level.type] })
  await pipeline.publish({ type: level.type, data: { value: 95 } })
  expect(await findDue(store)).toMatchObject({ owed: true, standing: true })
  pipeline.close()
})
