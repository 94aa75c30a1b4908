import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testSend } from '../../src/pipeline/test-send.ts'
import { defaultRetryPolicy } from '../../src/rules/retry.ts'
import { listDeliveries } from '../../src/store/deliveries.ts'
import { usePipeline } from '../support/fixtures.ts'
import { hostileUrls } from '../support/hostile-urls.ts'
import { thing } from '../support/pipeline.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

const { create } = usePipeline()
let receiver: Receiver
/** What the name server of an attacker answers, one after another. */
let answers: string[][]
let asked: string[]
const resolve = async (name: string) => {
  asked.push(name)
  return answers.shift() ?? []
}
const happened = { type: thing.type, data: { what: 'x' } }
const events = [thing.type]

beforeEach(() => {
  asked = []
})

describe('in production', () => {
  const policy = { production: true, allow: [] }

  test('no hostile URL in the database is dialled: each delivery fails for good', async () => {
    const pipeline = await create({ policy, resolve })
    const webhooks = []
    // A few of each kind: test sends, which go the same way, go through them all.
    for (const [index, url] of hostileUrls.entries())
      if (index % 8 === 0) webhooks.push(await pipeline.webhook({ url, events }))
    await pipeline.publish(happened)
    await pipeline.drainAll()
    for (const { id, url } of webhooks) {
      const [delivery] = await listDeliveries(pipeline.store, id, {}, { limit: 2, offset: 0 })
      expect([url, delivery]).toMatchObject([url, { status: 'failed', attempts: 1 }])
    }
    expect(asked).toEqual([])
  })

  test('nor by a test send', async () => {
    const pipeline = await create({ policy, resolve })
    const webhook = await pipeline.webhook({ url: 'https://example.com/', events })
    const declared = pipeline.catalog.events.get(thing.type)
    if (declared === undefined) throw new Error('The catalogue has it.')
    const secrets = { signing: ['your-secret-key'], values: {} }
    for (const url of hostileUrls) {
      const result = await testSend({ settings: { ...webhook, url }, secrets }, declared, pipeline)
      expect([url, result]).toMatchObject([url, { success: false, error: expect.any(String) }])
      expect(result.statusCode).toBeUndefined()
    }
    expect(asked).toEqual([])
  })
})

describe('a name that changes its answer', () => {
  beforeAll(async () => {
    const headers = { Connection: 'close' }
    receiver = await startReceiver({ respond: { status: 503, headers } })
  })
  afterAll(() => receiver.close())

  test('is found out at the attempt after, and not dialled again', async () => {
    answers = [['127.0.0.1'], ['169.254.169.254']]
    const pipeline = await create({ resolve })
    const url = `http://rebinding.test:${receiver.port}/`
    const retryPolicy = { ...defaultRetryPolicy, initialDelayMs: 100, maxDelayMs: 100 }
    const { id } = await pipeline.webhook({ url, events, retryPolicy })
    await pipeline.publish(happened)
    await pipeline.drainAll()
    const settled = await until(async () => {
      await pipeline.drainAll()
      const [delivery] = await listDeliveries(pipeline.store, id, {}, { limit: 1, offset: 0 })
      return delivery?.status === 'failed' && delivery
    })
    expect(settled.error).toContain('169.254.169.254 is a cloud metadata address')
    expect(settled.attempts).toBe(2)
    expect(receiver.requests).toHaveLength(1)
    expect(asked).toEqual(['rebinding.test', 'rebinding.test'])
  })

  test('is found out by a test send too', async () => {
    answers = [['10.0.0.5']]
    const pipeline = await create({ resolve })
    const webhook = await pipeline.webhook({ url: 'http://rebinding.test/', events })
    const declared = pipeline.catalog.events.get(thing.type)
    if (declared === undefined) throw new Error('The catalogue has it.')
    const secrets = { signing: ['your-secret-key'], values: {} }
    const result = await testSend({ settings: webhook, secrets }, declared, pipeline)
    expect(result).toMatchObject({ success: false, error: expect.stringContaining('10.0.0.5') })
  })
})
