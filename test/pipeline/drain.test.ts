import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import {
  findDelivery,
  listDeliveries,
  retryDelivery,
  retryQueue,
} from '../../src/store/deliveries.ts'
import { type Claim, claimDeliveries, releaseDeliveries } from '../../src/store/queue.ts'
import { settleDeliveries } from '../../src/store/settle.ts'
import { findWebhook, updateWebhook, type Webhook } from '../../src/store/webhooks.ts'
import { verify } from '../../src/verify.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { level, thing } from '../support/pipeline.ts'

const receiver = useReceiver()
const { database, pipeline, create } = usePipeline()

const happened = { type: thing.type, data: { what: 'grüße "x"' }, host: 'valkey.example.com' }

async function only(webhook: Webhook) {
  const [row] = await listDeliveries(pipeline.store, webhook.id, {}, { limit: 2, offset: 0 })
  const found = row && (await findDelivery(pipeline.store, row.id))
  if (found === undefined) throw new Error('no delivery')
  return found
}

const all = { limit: 200, offset: 0 }

/** As if the time until then had passed. */
const makeDue = () =>
  database.db.execute(sql`update deliveries set due_at = now() - interval '1 ms'`)

describe('a delivery', () => {
  test('carries on the trace that its event was published in, at every attempt', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    receiver.respond({ status: 503 })
    await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish({ ...happened, trace: `${traceparent} a=b c` }, happened)
    await pipeline.drainAll()
    await makeDue()
    await pipeline.drainAll()
    const traces = (await receiver.next(4)).map(({ headers }) => [
      headers.traceparent,
      headers.tracestate,
    ])
    expect(traces.filter(([parent]) => parent !== undefined)).toEqual([
      [traceparent, 'a=b c'],
      [traceparent, 'a=b c'],
    ])
  })

  test('waits while its secrets cannot be read, and has not spent an attempt when they can', async () => {
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    const keep = async (secret: string) => {
      await database.db.execute(sql`update webhooks set secret = ${secret}`)
      await database.db.execute(sql`update revisions set value = value + 1`)
    }
    await keep('v1:not for any of our keys')
    await pipeline.publish(happened)
    for (let round = 0; round < 3; round += 1) {
      await makeDue()
      await pipeline.drainAll()
    }
    expect(await only(webhook)).toMatchObject({
      status: 'retrying',
      attempts: 0,
      error: expect.stringContaining('Its secrets cannot be read'),
    })
    expect(pipeline.errors.splice(0)).toMatchObject([{ webhookId: webhook.id }])
    await keep(webhook.sealedSecret)
    await makeDue()
    await pipeline.drainAll()
    expect(await only(webhook)).toMatchObject({ status: 'success', attempts: 1, error: null })
  })

  test('arrives signed, with the headers of the seed and those of the webhook', async () => {
    const webhook = await pipeline.webhook({
      url: `${receiver.url}/hook?x=1`,
      events: [thing.type],
      headers: { 'X-Routing-Key': 'prod' },
    })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    const [request] = await receiver.next()
    const row = await only(webhook)
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hook?x=1',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'BetterDB-Monitor/1.0',
        'x-webhook-id': webhook.id,
        'x-webhook-delivery-id': row.id,
        'x-webhook-event': thing.type,
        'x-routing-key': 'prod',
      },
    })
    const { body = '', headers = {} } = request ?? {}
    expect(await verify({ body, headers, secret: 'your-secret-key' })).toMatchObject({ ok: true })
    expect(Object.keys(JSON.parse(body))).toEqual(['id', 'event', 'timestamp', 'instance', 'data'])
    expect(JSON.parse(body)).toEqual({
      id: row.eventId,
      event: thing.type,
      timestamp: expect.any(Number),
      instance: { host: 'valkey.example.com', port: 6379 },
      data: { what: 'grüße "x"', message: 'It was grüße "x"' },
    })
    expect(row).toMatchObject({
      status: 'success',
      statusCode: 200,
      attempts: 1,
      error: null,
      body,
      completedAt: expect.any(Date),
    })
  })

  test('that fails is tried again with the same bytes, a new timestamp and a new signature', async () => {
    receiver.respond((_, index) => (index === 0 ? 500 : 200))
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    expect(await only(webhook)).toMatchObject({ status: 'retrying', statusCode: 500, attempts: 1 })
    await updateWebhook(pipeline.store, webhook, { settings: { ...webhook, name: 'renamed' } })
    await makeDue()
    await pipeline.drainAll()
    const [first, second] = await receiver.next(2)
    expect(second?.body).toBe(first?.body)
    expect(second?.headers['x-webhook-delivery-id']).toBe(first?.headers['x-webhook-delivery-id'])
    const stamps = [first, second].map((request) => Number(request?.headers['x-webhook-timestamp']))
    expect(stamps[1]).toBeGreaterThan(stamps[0] ?? 0)
    expect(second?.headers['x-webhook-signature']).not.toBe(first?.headers['x-webhook-signature'])
    const row = await only(webhook)
    expect(row).toMatchObject({ status: 'success', attempts: 2 })
    expect(row.attemptsMade.map(({ number, statusCode }) => [number, statusCode])).toEqual([
      [1, 500],
      [2, 200],
    ])
  })

  test('is due again after 1, 2 and 4 s, then a dead letter with its budget spent', async () => {
    receiver.respond(503)
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    const waits: (number | null)[] = []
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await pipeline.drainAll()
      const row = await only(webhook)
      const settledAt = row.attemptsMade.at(-1)?.startedAt.getTime() ?? 0
      waits.push(row.status === 'retrying' ? row.dueAt.getTime() - settledAt : null)
      await makeDue()
    }
    expect(waits[3]).toBeNull()
    for (const [index, wait] of [1000, 2000, 4000].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(wait)
      expect(waits[index]).toBeLessThan(wait + 500)
    }
    expect(await only(webhook)).toMatchObject({ status: 'dead_letter', attempts: 4 })
    await pipeline.drainAll()
    expect(receiver.requests).toHaveLength(4)
  })

  test('retried by hand has a fresh budget, and keeps its id', async () => {
    receiver.respond(500)
    const webhook = await pipeline.webhook({
      url: receiver.url,
      events: [thing.type],
      retryPolicy: { maxRetries: 1, initialDelayMs: 100, backoffMultiplier: 1, maxDelayMs: 100 },
    })
    await pipeline.publish(happened)
    const spend = async () => {
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await pipeline.drainAll()
        await makeDue()
      }
    }
    await spend()
    const { id, status } = await only(webhook)
    expect(status).toBe('dead_letter')
    expect(await retryDelivery(pipeline.store, id)).toBe(true)
    expect(await retryDelivery(pipeline.store, id)).toBe(false)
    expect((await retryQueue(pipeline.store)).pendingRetries).toBe(1)
    await spend()
    expect(await only(webhook)).toMatchObject({ id, status: 'dead_letter', attempts: 4 })
  })

  test('to a receiver that says 410 fails for good, and switches the webhook off with the reason', async () => {
    receiver.respond(410)
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened, happened)
    await pipeline.drainAll()
    expect(await only(webhook)).toMatchObject({ status: 'failed', statusCode: 410 })
    expect(await findWebhook(pipeline.store, webhook.id)).toMatchObject({
      enabled: false,
      disabledReason: expect.stringContaining('410'),
    })
  })

  test('that is asked to wait waits, though its own delay is shorter', async () => {
    receiver.respond({ status: 429, headers: { 'Retry-After': '120' } })
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    const { dueAt } = await only(webhook)
    expect(dueAt.getTime() - Date.now()).toBeGreaterThan(115_000)
  })

  test('is not sent where the webhook was switched off meanwhile', async () => {
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    await updateWebhook(pipeline.store, webhook, { settings: { ...webhook, enabled: false } })
    await pipeline.drainAll()
    expect(await only(webhook)).toMatchObject({
      status: 'failed',
      attempts: 0,
      error: 'The webhook is disabled or deleted.',
    })
    expect(receiver.requests).toHaveLength(0)
  })

  test('of an event the licence no longer includes is not sent, and says which tier it needs', async () => {
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    const community = await create({ tier: 'community' })
    await community.drainAll()
    expect(await only(webhook)).toMatchObject({
      status: 'failed',
      error: 'thing.happened needs the pro tier; the licence in force is community.',
    })
  })

  test('to a forbidden address fails for good, without a connection', async () => {
    const webhook = await pipeline.webhook({ url: 'http://169.254.169.254/', events: [thing.type] })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    const row = await only(webhook)
    expect(row).toMatchObject({ status: 'failed', statusCode: null })
    expect(row.attemptsMade[0]).toMatchObject({ errorClass: 'blocked' })
  })
})

describe('the timeout and the cap', () => {
  const timeoutMs = 1000

  test('cover the body: one that trickles is a failed attempt', async () => {
    receiver.respond({ body: 'x'.repeat(1000), trickleMs: 50 })
    const webhook = await pipeline.webhook({
      url: receiver.url,
      events: [thing.type],
      deliveryConfig: { timeoutMs },
    })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    const row = await only(webhook)
    expect(row).toMatchObject({ status: 'retrying', statusCode: 200 })
    expect(row.attemptsMade[0]).toMatchObject({ errorClass: 'timeout' })
    expect(row.durationMs).toBeGreaterThanOrEqual(timeoutMs - 5)
    expect(row.durationMs).toBeLessThan(timeoutMs + 500)
  })

  test('count bytes: 10000 of them are kept, and no half of a character', async () => {
    receiver.respond({ body: `${'€'.repeat(5000)}` })
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    const { responseBody, status } = await only(webhook)
    expect(status).toBe('success')
    expect(responseBody).toBe('€'.repeat(3333))
  })

  test('an answer with NUL bytes and no text at all is stored all the same', async () => {
    receiver.respond({ status: 500, body: 'a\u0000b\ud800' })
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    expect(await only(webhook)).toMatchObject({
      status: 'retrying',
      responseBody: 'a\ufffdb\ufffd',
    })
  })
})

describe('claims', () => {
  const take = async (claim: Partial<Claim> = {}) =>
    (
      await claimDeliveries(pipeline.store, {
        limit: 10,
        perWebhook: 10,
        leaseMs: 30_000,
        ...claim,
      })
    ).deliveries

  test('are taken by one worker each, and count the attempt', async () => {
    await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened, happened, happened)
    const [a, b] = await Promise.all([take({ limit: 2 }), take({ limit: 2 })])
    const ids = [...a, ...b].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect([...a, ...b].every(({ attempt }) => attempt === 1)).toBe(true)
    expect(await take()).toEqual([])
  })

  test('come back when their lease runs out, and what the first worker still says is void', async () => {
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    const [lost] = await take()
    await makeDue()
    const [taken] = await take()
    expect(taken).toMatchObject({ id: lost?.id, attempt: 2 })
    if (lost === undefined) throw new Error('nothing was claimed')
    const outcome = {
      ...lost,
      status: 'dead_letter' as const,
      retryInMs: null,
      unspent: false,
      startedAt: new Date(),
      durationMs: 1,
      requestHeaders: null,
      statusCode: 500,
      responseHeaders: null,
      responseBody: null,
      errorClass: null,
      error: null,
    }
    expect(await settleDeliveries(pipeline.store, [outcome])).toEqual(new Set())
    expect(await only(webhook)).toMatchObject({ status: 'pending', attempts: 2, attemptsMade: [] })
  })

  test('give one webhook no more than it is offered, and never hide another', async () => {
    const slow = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(...Array(50).fill(happened))
    const other = await pipeline.webhook({ url: receiver.url, events: [level.type] })
    await pipeline.publish({ type: level.type, data: { value: 99 } })
    const first = await take({ limit: 20, perWebhook: 5 })
    const of = (claimed: typeof first, { id }: Webhook) =>
      claimed.filter(({ webhookId }) => webhookId === id).length
    expect([of(first, slow), of(first, other)]).toEqual([5, 1])
    const places = new Map([[slow.id, 3]])
    expect(of(await take({ limit: 20, perWebhook: 5, places }), slow)).toBe(3)
    places.set(slow.id, 0)
    expect(await take({ limit: 20, perWebhook: 5, places })).toEqual([])
  })

  test('give every webhook its turn, however long others have been waiting', async () => {
    for (const name of ['a', 'b', 'c'])
      await pipeline.webhook({ url: receiver.url, events: [thing.type], name })
    await pipeline.publish(...Array(9).fill(happened))
    const late = await pipeline.webhook({ url: receiver.url, events: [level.type] })
    await pipeline.publish({ type: level.type, data: { value: 99 } })
    const first = await take({ limit: 4 })
    expect(new Set(first.map(({ webhookId }) => webhookId)).size).toBe(4)
    expect(first.map(({ webhookId }) => webhookId)).toContain(late.id)
    // Who has much under way comes after those who have nothing.
    const [busy] = first.filter(({ webhookId }) => webhookId !== late.id)
    if (busy === undefined) throw new Error('nothing was claimed')
    const one = new Map([[busy.webhookId, 5]])
    const then = await take({ limit: 10, places: one, held: one })
    expect(then).toHaveLength(10)
    expect(then.map(({ webhookId }) => webhookId)).not.toContain(busy.webhookId)
  })

  test('let any webhook be next where not all can be', async () => {
    await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(...Array(40).fill(happened))
    const late = await pipeline.webhook({ url: receiver.url, events: [level.type] })
    await pipeline.publish({ type: level.type, data: { value: 99 } })
    const taken = new Set<string>()
    // By chance the other is next each time once in a thousand million runs.
    for (let claims = 0; claims < 30; claims += 1)
      for (const { webhookId } of await take({ limit: 1 })) taken.add(webhookId)
    expect(taken).toContain(late.id)
  })

  test('give a webhook that says how many it takes at once no more, over all workers', async () => {
    const { id } = await pipeline.webhook({
      url: receiver.url,
      events: [thing.type],
      maxInFlight: 3,
    })
    await pipeline.publish(...Array(9).fill(happened))
    // A worker that does not know of the limit leaves it alone.
    expect(await take()).toEqual([])
    const limited = [id]
    const atOnce = await Promise.all(Array.from({ length: 4 }, () => take({ limited })))
    expect(atOnce.flat()).toHaveLength(3)
    expect(await take({ limited, perWebhook: 2 })).toEqual([])
    await makeDue()
    expect(await take({ limited })).toHaveLength(3)
  })

  test('of a worker that has died keep nothing else from being sent', async () => {
    const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(...Array(12).fill(happened))
    const lost = await take()
    expect(lost).toHaveLength(10)
    await pipeline.drainAll()
    expect(
      await listDeliveries(pipeline.store, webhook.id, { status: 'success' }, all),
    ).toHaveLength(2)
  })

  test('that are given back are due at once, and no attempt has been counted', async () => {
    await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened, happened)
    const [kept, given] = await take()
    if (kept === undefined || given === undefined) throw new Error('nothing was claimed')
    await releaseDeliveries(pipeline.store, [given, { ...kept, claimId: given.id }])
    expect(await take()).toMatchObject([{ id: given.id, attempt: 1 }])
  })

  test('are renewed while the receiver takes its time', async () => {
    receiver.respond({ delayMs: 300 })
    await pipeline.webhook({ url: receiver.url, events: [thing.type] })
    await pipeline.publish(happened)
    const { done } = await pipeline.drain.run()
    await makeDue()
    await pipeline.drain.renew()
    expect(await take()).toEqual([])
    await done
    expect(receiver.requests).toHaveLength(1)
  })
})
