import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createConsents } from '../../src/pipeline/consent.ts'
import { testSend } from '../../src/pipeline/test-send.ts'
import { listDeliveries } from '../../src/store/deliveries.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { thing } from '../support/pipeline.ts'

const receiver = useReceiver()
const { database, pipeline } = usePipeline({ sender: { publicUrl: 'https://tocsin.example.com' } })

const origin = 'tocsin.example.com'
const asking = (formatConfig: object = {}) =>
  pipeline.webhook({
    url: `${receiver.url}/hook?a=b`,
    events: [thing.type],
    format: 'cloudevents',
    formatConfig: { origin, ...formatConfig },
    headers: { 'X-Team': 'a' },
  })
const happen = (count = 1) =>
  pipeline.publish(...Array(count).fill({ type: thing.type, data: { what: 'x' } }))
const methods = () => receiver.requests.map(({ method }) => method)

/** Answers the question so, and takes what is posted. */
const consenting = (headers: Record<string, string>) =>
  receiver.respond(({ method }) => (method === 'OPTIONS' ? { status: 200, headers } : 202))

async function rows(id: string) {
  return listDeliveries(pipeline.store, id, {}, { limit: 200, offset: 0 })
}

test('who consents is asked once, at the very URL, and gets everything', async () => {
  consenting({ 'WebHook-Allowed-Origin': origin })
  await asking({ requestRate: 120 })
  await happen(3)
  await pipeline.drainAll()
  expect(methods()).toEqual(['OPTIONS', 'POST', 'POST', 'POST'])
  const [question, post] = receiver.requests
  expect(question).toMatchObject({
    path: '/hook?a=b',
    headers: {
      'webhook-request-origin': origin,
      'webhook-request-rate': '120',
      'x-team': 'a',
    },
  })
  expect(post?.headers['webhook-request-origin']).toBe(origin)
})

test('without consent nothing is sent, and history says why', async () => {
  receiver.respond(200)
  const webhook = await asking()
  await happen()
  await pipeline.drainAll()
  expect(methods()).toEqual(['OPTIONS'])
  expect(await rows(webhook.id)).toMatchObject([
    {
      status: 'retrying',
      attempts: 1,
      error:
        'The receiver has not consented: it answers OPTIONS with 200 and no WebHook-Allowed-Origin.',
    },
  ])
  const target = { settings: webhook, secrets: { signing: ['s'], values: {} } }
  const event = pipeline.catalog.events.get(thing.type)
  expect(event && (await testSend(target, event, pipeline))).toMatchObject({
    success: false,
    error: expect.stringContaining('not consented'),
  })
})

test('a receiver gets no more than it allows; the rest is put off, no attempt counted', async () => {
  consenting({ 'WebHook-Allowed-Origin': '*', 'WebHook-Allowed-Rate': '6' })
  const webhook = await asking()
  await happen(3)
  await pipeline.drainAll()
  expect(methods()).toEqual(['OPTIONS', 'POST'])
  const waiting = (await rows(webhook.id)).filter(({ status }) => status === 'retrying')
  expect(waiting).toMatchObject(Array(2).fill({ attempts: 0, error: null }))
  const dues = waiting.map(({ dueAt }) => dueAt.getTime()).toSorted((a, b) => a - b)
  expect((dues[1] ?? 0) - (dues[0] ?? 0)).toBeGreaterThan(5000)
  await database.db.execute(sql`update deliveries set due_at = now() where status = 'retrying'`)
  await pipeline.drainAll()
  expect(methods()).toEqual(['OPTIONS', 'POST'])
})

test('what is said, and the rate, hold for every process', async () => {
  consenting({ 'WebHook-Allowed-Origin': '*', 'WebHook-Allowed-Rate': '6' })
  const webhook = await asking()
  await happen()
  await pipeline.drainAll()
  const other = createConsents(pipeline)
  const endpoint = await pipeline.endpoints.of(webhook)
  if (!('format' in endpoint)) throw new Error(Object.values(endpoint).join())
  const held = { forMs: expect.closeTo(10_000, -4) }
  expect(await other.hold(endpoint)).toEqual(held)
  await database.db.execute(sql`update consents set free_at = now()`)
  const third = createConsents(pipeline)
  const answers = await Promise.all([third.hold(endpoint), third.hold(endpoint)])
  expect(answers).toEqual([undefined, held])
  expect(methods()).toEqual(['OPTIONS', 'POST'])
})

test('consent may come later, at the URL that was told, and stays whatever is answered', async () => {
  receiver.respond(({ method }) => (method === 'OPTIONS' ? 405 : 202))
  const webhook = await asking()
  await happen(2)
  await pipeline.drainAll()
  const told = receiver.requests[0]?.headers['webhook-request-callback']
  const [, key = ''] =
    /^https:\/\/tocsin\.example\.com\/api\/consents\/([0-9a-f]{64})$/.exec(String(told)) ?? []
  const { give } = pipeline.consents
  expect(await give(`${key}0`, () => undefined)).toBe('unknown')
  expect(await give(key, () => 'many')).toEqual({ reason: expect.stringContaining('many') })
  expect(await give(key, () => '6')).toBeUndefined()
  await database.db.execute(sql`update deliveries set due_at = now()`)
  await pipeline.drainAll()
  expect(methods()).toEqual(['OPTIONS', 'POST'])
  await database.db.execute(sql`update consents set asked_at = 'epoch', free_at = now()`)
  const endpoint = await pipeline.endpoints.of(webhook)
  if (!('format' in endpoint)) throw new Error(Object.values(endpoint).join())
  expect(await createConsents(pipeline).hold(endpoint)).toBeUndefined()
  expect(methods()).toEqual(['OPTIONS', 'POST', 'OPTIONS'])
  expect(receiver.requests[2]?.headers['webhook-request-callback']).toBe(told)
})
