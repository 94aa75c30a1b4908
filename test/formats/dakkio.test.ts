import { composeRequest, formatEvent } from 'tocsin/testing'
import { expect, test } from 'vitest'
import { dakkio } from '../../src/formats/dakkio.ts'
import { conform } from './conform.ts'
import { down, news, resolved } from './envelopes.ts'

conform(dakkio, {
  demands({ body }) {
    expect(JSON.stringify(JSON.parse(body))).toBe(body)
  },
})

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
