import { Redis } from 'iovalkey'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedValkey, startValkey } from '../../src/cli/valkey-server.ts'
import { verify } from '../../src/verify.ts'
import { looks } from '../support/looks.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import {
  createPlace,
  type DataPlace,
  startTocsin,
  type TocsinProcess,
} from '../support/tocsin-process.ts'

const secret = 'your-secret-key'
let valkey: StartedValkey
let client: Redis
let receiver: Receiver
let place: DataPlace
let tocsin: TocsinProcess

const environment = () => ({
  DATABASE_URL: place.url,
  VALKEY_URL: valkey.url,
  POLL_INTERVAL_MS: '100',
})

beforeAll(async () => {
  valkey = await startValkey({ args: ['--maxmemory', '32mb'] })
  client = new Redis(valkey.port, valkey.host)
  receiver = await startReceiver()
  place = await createPlace()
  tocsin = await startTocsin(environment())
})
afterAll(async () => {
  await tocsin.stop()
  client.disconnect()
  await valkey.stop()
  await receiver.close()
  await place.remove()
})

/** Writes until so many percent of maxmemory are used. */
async function fillTo(percent: number): Promise<void> {
  for (let key = 0; key < 1000; key += 1) {
    const info = await client.info('memory')
    const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1])
    if ((100 * field('used_memory')) / field('maxmemory') >= percent) return
    await client.set(`key:${key}`, 'x'.repeat(200_000))
  }
  throw new Error('the memory did not fill')
}

const standing = async () => (await tocsin.api('GET', '/api/alerts')).body

test('one crossing is one signed webhook; the recovery is silent; the next crossing is one again', async () => {
  const created = await tocsin.api('POST', '/api/webhooks', {
    name: 'Production Alerts',
    url: `${receiver.url}/webhooks/betterdb`,
    secret,
    events: ['instance.down', 'instance.up', 'memory.critical'],
    enabled: true,
  })
  expect(created.status).toBe(201)

  await fillTo(92)
  const [first] = await receiver.next()
  const { body = '', headers = {} } = first ?? {}
  expect(await verify({ headers, body, secret })).toMatchObject({ ok: true })
  const payload = JSON.parse(body)
  expect(payload).toMatchObject({
    event: 'memory.critical',
    instance: { host: valkey.host, port: valkey.port },
    data: { metric: 'memory_used_percent', threshold: 90, maxmemory: 32 * 1024 * 1024 },
  })
  expect(payload.data.value).toBeGreaterThanOrEqual(90)
  await looks(tocsin, 5)
  expect(receiver.requests).toHaveLength(1)

  // A restart in the middle of the alert neither repeats it nor forgets it.
  await tocsin.stop()
  tocsin = await startTocsin(environment())
  await looks(tocsin, 5)
  expect(receiver.requests).toHaveLength(1)
  expect(await standing()).toMatchObject([{ event: 'memory.critical' }])

  await client.flushall()
  while (JSON.stringify(await standing()) !== '[]') await looks(tocsin, 1)
  expect(receiver.requests).toHaveLength(1)

  await fillTo(92)
  await receiver.next()
  await looks(tocsin, 5)
  expect(receiver.requests).toHaveLength(2)
})

test('a server that goes away and one that comes back are told once each', async () => {
  const before = receiver.requests.length
  valkey.pause()
  const [down] = await receiver.next(1, 15_000)
  expect(JSON.parse(down?.body ?? '')).toMatchObject({
    event: 'instance.down',
    data: { reason: expect.stringContaining('3000 ms') },
  })
  valkey.resume()
  const [up] = await receiver.next(1, 15_000)
  expect(JSON.parse(up?.body ?? '')).toMatchObject({ event: 'instance.up' })
  await looks(tocsin, 3)
  expect(receiver.requests).toHaveLength(before + 2)
})
