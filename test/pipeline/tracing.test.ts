import { sql } from 'drizzle-orm'
import { definePlugin } from 'tocsin/plugin'
import { expect, test } from 'vitest'
import { createTracer } from '../../src/pipeline/tracer.ts'
import { insertInstance } from '../../src/store/instances.ts'
import { usePipeline, useReceiver } from '../support/fixtures.ts'
import { thing } from '../support/pipeline.ts'

interface SentSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: { key: string; value: Record<string, unknown> }[]
}

/** Sees a thing at every look, whatever the server does. */
const seer = definePlugin({
  name: 'seer',
  events: [thing],
  async poll({ emit }) {
    emit(thing, { what: 'x' })
  },
})

const sent: string[] = []
const tracer = createTracer({
  send: async (body) => void sent.push(String(body)),
  resource: { 'service.name': 'tocsin' },
  ratio: 1,
  now: Date.now,
  random: Math.random,
  onFailure() {},
})
const receiver = useReceiver({ respond: (_, index) => (index === 0 ? 500 : 200) })
const { database, pipeline } = usePipeline({ plugins: [seer], tracer })

test('one trace leads from the look that saw it to every attempt, and on to the receiver', async () => {
  const retryPolicy = {
    maxRetries: 1,
    initialDelayMs: 100,
    backoffMultiplier: 1,
    maxDelayMs: 100,
  }
  const webhook = await pipeline.webhook({ url: receiver.url, events: [thing.type], retryPolicy })
  const [name, host, port] = ['cache', '127.0.0.1', 9]
  const url = `redis://:hunter2@${host}:${port}`
  const settings = { name, url, host, port, labels: {}, enabled: true, pollIntervalMs: null }
  await insertInstance(pipeline.store, settings)
  await (await pipeline.tick.run()).done
  await pipeline.drainAll()
  await receiver.next(1)
  await database.db.execute(sql`update deliveries set due_at = now()`)
  await pipeline.drainAll()
  const requests = await receiver.next(1)
  await tracer.flush()

  const spans: SentSpan[] = sent.flatMap(
    (body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans,
  )
  const [poll, first, second] = spans
  expect(spans.map(({ name }) => name)).toEqual(['poll', 'deliver', 'deliver'])
  expect(poll?.parentSpanId).toBeUndefined()
  for (const attempt of [first, second])
    expect(attempt).toMatchObject({ traceId: poll?.traceId, parentSpanId: poll?.spanId })
  const told = Object.fromEntries(first?.attributes.map(({ key, value }) => [key, value]) ?? [])
  expect(told).toMatchObject({
    'tocsin.webhook.id': { stringValue: webhook.id },
    'tocsin.attempt': { intValue: '1' },
    'http.response.status_code': { intValue: '500' },
  })
  const parents = requests.map(({ headers }) => headers.traceparent)
  expect(parents.at(-1)).toBe(`00-${second?.traceId}-${second?.spanId}-01`)
  expect(sent.join()).not.toContain('hunter2')
})

test('a look that comes to nothing is told of too', async () => {
  sent.length = 0
  const [name, host, port] = ['lost', '127.0.0.1', 9]
  const settings = { name, url: 'redis://127.0.0.1:9', host, port, labels: {}, enabled: true }
  await insertInstance(pipeline.store, { ...settings, pollIntervalMs: null })
  await database.db.execute(sql`update instances set url = 'sealed:1:lost' where name = ${name}`)
  await (await pipeline.tick.run()).done
  await tracer.flush()
  const spans = sent.flatMap((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans)
  expect(spans).toContainEqual(
    expect.objectContaining({ name: 'poll', status: { code: 2, message: expect.any(String) } }),
  )
})
