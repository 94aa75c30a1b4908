import { checkFormat, composeRequest, formatEvent } from 'tocsin/testing'
import { expect, test } from 'vitest'
import { dakkio } from '../../src/formats/dakkio.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { verify } from '../../src/verify.ts'
import vectors from '../fixtures/signature-vectors.json' with { type: 'json' }
import { down, news, older, resolved, secret } from './envelopes.ts'

for (const check of checkFormat(dakkio, {
  demands({ body }) {
    expect(JSON.stringify(JSON.parse(body))).toBe(body)
  },
}))
  test(check.name, check.run)

const payload = async (event = formatEvent(), config = {}) =>
  JSON.parse((await composeRequest(dakkio, [event], { config })).body)

test('the envelope is that of seed 4, with an id of the event beside it', async () => {
  const sent = await payload()
  expect(sent).toEqual({
    event: 'alert.triggered',
    timestamp: '2024-01-28T16:00:00Z',
    webhookId: '018d4f9c-2f00-7000-8000-000000000000',
    bucketId: '018d4f9c-2f00-7000-8000-000000000003',
    data: {
      alertId: formatEvent().alert.key,
      alertName: 'Memory use has reached its limit',
      dataSourceId: '018d4f9c-2f00-7000-8000-000000000003',
      dataSourceName: 'cache',
      condition: 'Memory usage critical: 92.5% (threshold: 90%)',
      currentValue: 92.5,
      threshold: 90,
      operator: '>=',
      triggeredAt: '2024-01-28T16:00:00Z',
      dataPoint: {
        timestamp: '2024-01-28T16:00:00Z',
        values: { value: 92.5, threshold: 90, maxmemory: 1073741824, usedMemory: 993001472 },
        metadata: { type: 'memory.high', severity: 'critical', team: 'platform' },
      },
    },
    id: '550e8400-e29b-41d4-a716-446655440000',
  })
  expect(await payload(formatEvent(), { bucketId: 'b1' })).toMatchObject({ bucketId: 'b1' })
})

test('what holds without a threshold is a number too, as the seed’s receivers expect', async () => {
  expect(await payload(down)).toMatchObject({
    event: 'alert.triggered',
    data: { currentValue: 1, threshold: 1, condition: 'Unreachable: Größe 🚨' },
  })
})

test('what is no alert keeps its name', async () => {
  expect(await payload(news)).toMatchObject({
    event: 'config.changed',
    data: { dataSourceName: 'cache', configKey: 'maxmemory' },
  })
  expect(await payload(resolved)).toMatchObject({ event: 'alert.resolved' })
})

test('one header signs, and the old secret’s is beside it while a rotation lasts', async () => {
  const sent = await composeRequest(dakkio, [down], { secrets: [secret, older] })
  expect(sent.headers['X-Webhook-Signature']).toMatch(/^sha256=[0-9a-f]{64}$/)
  expect(sent.headers['webhook-id']).toBe(down.id)
  for (const one of [secret, older])
    expect(await verify({ ...sent, secret: one })).toMatchObject({ ok: true, scheme: 'dakkio' })
})

test.each(vectors.dakkio)('the signature is the published one: $name', async (vector) => {
  const headers = await dakkio.headers?.({
    events: [formatEvent()],
    body: vector.payload,
    timestamp: 0,
    attemptId: '',
    context: { webhook: { id: '', name: '' }, config: {}, environment: '' },
    signer: createSigner([vector.secret]),
  })
  expect(headers?.['X-Webhook-Signature']).toBe(vector.headers['x-webhook-signature'])
})
