import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPublisher } from '../../src/pipeline/publish.ts'
import { createDatabase, type TestDatabase } from '../support/databases.ts'
import { createPipeline, thing } from '../support/pipeline.ts'

let database: TestDatabase
let pipeline: Awaited<ReturnType<typeof createPipeline>>

beforeAll(async () => {
  database = await createDatabase()
  pipeline = await createPipeline(database.db)
})
afterAll(async () => {
  pipeline.close()
  await database.close()
})

test('more requests than the database can follow are turned away, and nothing of them is kept', async () => {
  const publish = createPublisher(pipeline)
  const event = pipeline.catalog.events.get(thing.type)
  if (event === undefined) throw new Error('no such event type')
  const one = [{ event, data: { what: 'x' }, subject: '' }]
  const answers = await Promise.all(Array.from({ length: 300 }, () => publish(one)))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(256)
  expect(answers.find(({ ok }) => !ok)).toEqual({ ok: false, reason: 'busy' })
  expect(await publish(one)).toMatchObject({ ok: true })
})
