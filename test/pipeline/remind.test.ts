import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { remind } from '../../src/pipeline/remind.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { level } from '../support/pipeline.ts'

const receiver = useReceiver()
const { database, pipeline } = usePipeline()

const crossing = { type: level.type, data: { value: 95 }, host: 'valkey.example.com' }
const over = { ...crossing, data: { value: 10 } }
const hook = (format: string) =>
  pipeline.webhook({ url: `${receiver.url}/${format}`, events: [level.type], format })

/** Two minutes later. */
async function later() {
  await database.db.execute(
    sql`update deliveries set completed_at = completed_at - interval '121 s'`,
  )
  await remind(pipeline)
  await pipeline.drainAll()
}

const received = () => receiver.requests.map(({ path, body }) => ({ path, body }))

test('what stands is told again, to the byte, to receivers that forget, and to no others', async () => {
  await hook('alertmanager')
  await hook('pagerduty')
  await hook('betterdb')
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  await remind(pipeline)
  await pipeline.drainAll()
  const before = received()
  const told = before.find(({ path }) => path === '/alertmanager')
  expect(before.filter(({ path }) => path === '/alertmanager')).toHaveLength(1)
  await later()
  await later()
  expect(received().slice(before.length)).toEqual([told, told])
})

test('not while the last time is still owed, nor once it is over', async () => {
  await hook('alertmanager')
  receiver.respond(500)
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  await later()
  expect(receiver.requests).toHaveLength(1)
  receiver.respond(200)
  await database.db.execute(sql`update deliveries set due_at = now() - interval '1 s'`)
  await pipeline.drainAll()
  await pipeline.publish(over)
  await pipeline.drainAll()
  await later()
  const bodies = received().map(({ body }) => JSON.parse(body)[0])
  expect(bodies.map(({ endsAt }) => endsAt !== undefined)).toEqual([false, false, true])
})

test('replicas tell it once', async () => {
  await hook('alertmanager')
  await pipeline.publish(crossing)
  await pipeline.drainAll()
  await database.db.execute(
    sql`update deliveries set completed_at = completed_at - interval '121 s'`,
  )
  await remind(pipeline)
  await remind(pipeline)
  await pipeline.drainAll()
  expect(receiver.requests).toHaveLength(2)
})
