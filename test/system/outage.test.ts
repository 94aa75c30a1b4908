import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startTocsin, type TocsinProcess } from '../support/tocsin-process.ts'

let postgres: PostgresServer
let receiver: Receiver
let tocsin: TocsinProcess

beforeAll(async () => {
  postgres = await startPostgres()
  receiver = await startReceiver()
  tocsin = await startTocsin({ DATABASE_URL: postgres.url('postgres') })
})
afterAll(async () => {
  await tocsin.stop()
  await receiver.close()
  await postgres.close()
})

test('without its database the service answers 503, and goes on by itself when it is back', async () => {
  await tocsin.api('POST', '/api/webhooks', {
    name: 'test',
    url: receiver.url,
    events: ['instance.down'],
  })
  const publish = () =>
    tocsin.api('POST', '/api/events', { type: 'instance.down', data: { reason: 'test' } })
  expect(await publish()).toMatchObject({ status: 202 })
  await receiver.next()

  await postgres.stop('SIGQUIT')
  expect(await publish()).toMatchObject({ status: 503, body: { title: expect.any(String) } })
  expect((await fetch(`${tocsin.url}/readyz`)).status).toBe(503)
  expect((await fetch(`${tocsin.url}/healthz`)).status).toBe(200)

  await postgres.start()
  await expect
    .poll(async () => (await fetch(`${tocsin.url}/readyz`)).status, { timeout: 10_000 })
    .toBe(200)
  expect(await publish()).toMatchObject({ status: 202 })
  await receiver.next(1, 10_000)
})

test('what was sent while the database went away is not sent again', async () => {
  const id = await tocsin
    .api('GET', '/api/webhooks')
    .then(({ body }) => (body as { id: string }[])[0]?.id)
  receiver.respond({ delayMs: 500 })
  const sent = receiver.requests.length
  await tocsin.api('POST', '/api/events', { type: 'instance.down', data: { reason: 'test' } })
  await receiver.next()
  await postgres.stop('SIGQUIT')
  await new Promise((resolve) => setTimeout(resolve, 700))
  await postgres.start()
  await expect
    .poll(async () => (await tocsin.api('GET', `/api/webhooks/${id}/deliveries?limit=1`)).body, {
      timeout: 10_000,
    })
    .toMatchObject([{ status: 'success', attempts: 1 }])
  expect(receiver.requests).toHaveLength(sent + 1)
})

test('amid traffic every request is answered, and within a second of its return the database is used', async () => {
  let over = false
  const answers: { readonly status: number; readonly at: number; readonly tookMs: number }[] = []
  const client = async () => {
    while (!over) {
      const from = performance.now()
      const { status } = await tocsin.api('POST', '/api/events', {
        type: 'instance.down',
        data: { reason: 'test' },
      })
      const at = performance.now()
      answers.push({ status, at, tookMs: at - from })
    }
  }
  const accepted = (count: number) =>
    expect
      .poll(() => answers.filter(({ status }) => status === 202).length, { timeout: 10_000 })
      .toBeGreaterThan(count)
  const clients = Promise.all(Array.from({ length: 20 }, client))
  await accepted(100)
  await postgres.stop('SIGQUIT')
  await expect.poll(() => answers.some(({ status }) => status === 503)).toBe(true)
  await postgres.start()
  const back = performance.now()
  const before = answers.length
  await expect
    .poll(() => answers.slice(before).some(({ status }) => status === 202), { timeout: 10_000 })
    .toBe(true)
  const resumed = answers.slice(before).find(({ status }) => status === 202)?.at ?? Number.NaN
  expect(resumed - back).toBeLessThan(1000)
  over = true
  await clients
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(3000)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 503]))
})
