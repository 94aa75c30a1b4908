import { Redis } from 'iovalkey'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedValkey, startValkey } from '../../src/cli/valkey-server.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import {
  createPlace,
  type DataPlace,
  lasting,
  startTocsin,
  type TocsinProcess,
} from '../support/tocsin-process.ts'

let place: DataPlace
let valkey: StartedValkey
let receiver: Receiver
let tocsin: TocsinProcess

beforeAll(async () => {
  place = await createPlace()
  valkey = await startValkey({ args: ['--maxclients', '40'] })
  receiver = await startReceiver()
  tocsin = await startTocsin(
    {
      DATABASE_URL: place.url,
      VALKEY_URL: valkey.url,
      POLL_INTERVAL_MS: '100',
    },
    lasting,
  )
})
afterAll(async () => {
  await tocsin.stop()
  await receiver.close()
  await valkey.stop()
  await place.remove()
})

const createWebhook = async (events: readonly string[]) => {
  const { body } = await tocsin.api('POST', '/api/webhooks', {
    name: 'test',
    url: receiver.url,
    events,
  })
  return (body as { id: string }).id
}

/** The middle of an odd number of measurements. */
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[(values.length - 1) / 2] ?? Number.NaN

test('from a published event to the request at its receiver: less than 50 ms', async () => {
  const id = await createWebhook(['instance.up'])
  const waits: number[] = []
  for (let index = 0; index < 21; index += 1) {
    const from = Date.now()
    await tocsin.api('POST', '/api/events', { type: 'instance.up', data: { reason: 'test' } })
    const [request] = await receiver.next()
    waits.push((request?.at ?? Number.NaN) - from)
  }
  await tocsin.api('DELETE', `/api/webhooks/${id}`)
  expect(median(waits)).toBeLessThan(50)
})

test('from the look that sees a threshold crossed to the request at its receiver: less than 50 ms', async () => {
  const id = await createWebhook(['connection.critical'])
  const waits: number[] = []
  for (let index = 0; index < 5; index += 1) {
    const clients = Array.from({ length: 37 }, () => new Redis(valkey.port, valkey.host))
    const [request] = await receiver.next()
    // An event's time is when its look began, before a command was sent.
    waits.push((request?.at ?? Number.NaN) - JSON.parse(request?.body ?? '{}').timestamp)
    for (const client of clients) client.disconnect()
    await expect
      .poll(async () => (await tocsin.api('GET', '/api/alerts')).body, { timeout: 5000 })
      .toEqual([])
  }
  await tocsin.api('DELETE', `/api/webhooks/${id}`)
  expect(median(waits)).toBeLessThan(50)
})
