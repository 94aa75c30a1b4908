import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startVerifiers, type Verifier } from '../seed/verifiers/start.ts'
import { selfSigned } from '../support/certificate.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import {
  createPlace,
  type DataPlace,
  startTocsin,
  type TocsinProcess,
} from '../support/tocsin-process.ts'

const secret = 'your-secret-key'
let place: DataPlace
let tocsin: TocsinProcess
let receiver: Receiver

beforeAll(async () => {
  place = await createPlace()
  tocsin = await startTocsin({ DATABASE_URL: place.url, RATE_LIMITS: 'off' })
  receiver = await startReceiver()
})
afterEach(async () => {
  const { body } = await tocsin.api('GET', '/api/webhooks')
  for (const { id } of body as { id: string }[]) await tocsin.api('DELETE', `/api/webhooks/${id}`)
  receiver.respond(200)
})
afterAll(async () => {
  await tocsin.stop()
  await receiver.close()
  await place.remove()
})

async function createWebhook(url: string, more: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await tocsin.api('POST', '/api/webhooks', {
    name: 'test',
    url,
    secret,
    events: ['instance.down'],
    ...more,
  })
  expect(status).toBe(201)
  return (body as { id: string }).id
}

async function publish(): Promise<void> {
  const { status } = await tocsin.api('POST', '/api/events', {
    type: 'instance.down',
    instance: { host: 'valkey.example.com', port: 6379 },
    data: { reason: 'Connection refused', detectedAt: '2024-01-28T12:00:00.000Z' },
  })
  expect(status).toBe(202)
}

const deliveriesOf = async (id: string) =>
  (await tocsin.api('GET', `/api/webhooks/${id}/deliveries`)).body as {
    id: string
    status: string
    attempts: number
    nextRetryAt: number | null
  }[]

test('the four attempts of the default policy leave at 0, 1, 3 and 7 s: never early, at most 1 s late', async () => {
  receiver.respond(500)
  const id = await createWebhook(receiver.url)
  await publish()
  const requests = await receiver.next(4, 12_000)
  const [first] = requests
  const offsets = requests.map(({ at }) => (at - (first?.at ?? 0)) / 1000)
  for (const [index, expected] of [0, 1, 3, 7].entries()) {
    expect(offsets[index]).toBeGreaterThanOrEqual(expected - 0.005)
    expect(offsets[index]).toBeLessThanOrEqual(expected + 1)
  }
  expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
  await expect.poll(() => deliveriesOf(id)).toMatchObject([{ status: 'dead_letter', attempts: 4 }])

  receiver.respond(200)
  const [delivery] = await deliveriesOf(id)
  const retried = await tocsin.api('POST', `/api/webhooks/deliveries/${delivery?.id}/retry`)
  expect(retried).toEqual({ status: 202, body: { message: 'Retry queued' } })
  await receiver.next()
  await expect.poll(() => deliveriesOf(id)).toMatchObject([{ status: 'success', attempts: 5 }])
})

describe('the receivers printed in the seed', async () => {
  const { running } = await startVerifiers(secret)
  afterAll(() => Promise.all(running.map((verifier) => verifier.stop())))

  test.each(running)('verify a real delivery: $language', async (verifier: Verifier) => {
    await createWebhook(verifier.url)
    await publish()
    expect(await verifier.next()).toBe('verified instance.down')
  })
})

test('a webhook that allows invalid certificates is delivered to; its neighbour is told why not', async () => {
  const secure = await startReceiver({ tls: selfSigned({ name: 'elsewhere.test' }) })
  const strict = await createWebhook(secure.url)
  const lenient = await createWebhook(secure.url, { allowInvalidCerts: true })
  expect((await tocsin.api('POST', `/api/webhooks/${strict}/test`)).body).toMatchObject({
    success: false,
    error: expect.stringContaining('allowInvalidCerts'),
  })
  await publish()
  const [request] = await secure.next()
  expect(request?.headers['x-webhook-id']).toBe(lenient)
  const answer = await tocsin.api('POST', `/api/webhooks/${lenient}/test`)
  expect(answer.body).toMatchObject({ success: true })
  await secure.close()
})
