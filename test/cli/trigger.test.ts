import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import {
  createPlace,
  type DataPlace,
  launch,
  startTocsin,
  type TocsinProcess,
} from '../support/tocsin-process.ts'

const token = 'trigger-token'
let place: DataPlace
let tocsin: TocsinProcess
let receiver: Receiver

beforeAll(async () => {
  place = await createPlace()
  tocsin = await startTocsin({ DATABASE_URL: place.url, TOCSIN_TOKEN: token })
  receiver = await startReceiver()
  const created = await fetch(`${tocsin.url}/api/webhooks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({
      name: 'Here',
      url: receiver.url,
      events: ['memory.critical'],
      retryPolicy: { maxRetries: 0 },
    }),
  })
  expect(created.status).toBe(201)
})
afterAll(async () => {
  await tocsin.stop()
  await receiver.close()
  await place.remove()
})

async function trigger(args: readonly string[], TOCSIN_TOKEN: string | undefined = token) {
  const { output, exited } = launch(['trigger', ...args], { TOCSIN_TOKEN, TOCSIN_URL: tocsin.url })
  return { code: await exited, ...output }
}

test('tocsin trigger sends an example event the whole way, and tells what became of it', async () => {
  const done = await trigger(['memory.critical', '--data', '{"value":97.5}', '--wait'])
  expect(done).toMatchObject({ code: 0, stderr: '' })
  expect(done.stdout).toMatch(/^Accepted memory\.critical as \S+: 1 delivery\n/)
  expect(done.stdout).toMatch(/-> Here \(http:\S+\): success, attempt 1, answered 200/)
  const [request] = await receiver.next()
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    event: 'memory.critical',
    instance: { host: 'valkey.example.com', port: 6379 },
    data: { value: 97.5, threshold: 90 },
  })

  const again = await trigger(['memory.critical'])
  expect(again.stdout).toMatch(/: 0 deliveries\n.*the alert stands already; --subject/)

  receiver.respond(500)
  const args = ['memory.critical', '--instance', 'db:6380', '--wait', '10s', '--json']
  const failed = await trigger(args)
  expect(failed.code).toBe(1)
  expect(JSON.parse(failed.stdout)).toMatchObject({
    type: 'memory.critical',
    deliveries: [{ status: 'dead_letter', statusCode: 500 }],
  })
})

test('tocsin trigger lists event types, and says what is wrong with what it is given', async () => {
  const [list, unknown, data, field, foreign] = await Promise.all([
    trigger([]),
    trigger(['memory.criticl']),
    trigger(['memory.critical', '--data', '[1]']),
    trigger(['memory.critical', '--data', '{"bogus":1}']),
    trigger(['memory.critical'], 'another'),
  ])
  expect(list.stdout).toMatch(/^memory\.critical +community +critical +\S.*memoryCriticalPercent/m)
  expect(unknown.stderr).toContain('there is memory.critical')
  expect(data.stderr).toContain('--data is no JSON object')
  expect(field.stderr).toContain('/data/bogus')
  expect(foreign.stderr).toContain('Set TOCSIN_TOKEN')
  for (const { code } of [unknown, data, field, foreign]) expect(code).toBe(1)
})
