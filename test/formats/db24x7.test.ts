import { composeRequest, formatEvent } from 'tocsin/testing'
import { expect, test } from 'vitest'
import { db24x7 } from '../../src/formats/db24x7.ts'
import { verify } from '../../src/verify.ts'
import { conform } from './conform.ts'
import { down, news, resolved, secret, up } from './envelopes.ts'

const reprinted = (body: string) => JSON.stringify(JSON.parse(body))

conform(db24x7, {
  demands({ body }) {
    // The seed's own receiver verifies what it has parsed and printed again.
    expect(reprinted(body)).toBe(body)
  },
})

const payload = async (event = formatEvent()) =>
  JSON.parse((await composeRequest(db24x7, [event], { accountId: 'acc_xyz123' })).body)

test('the envelope is that of seed 3, field by field', async () => {
  expect(await payload()).toEqual({
    id: 'evt_550e8400e29b41d4a716446655440000',
    type: 'alert.critical',
    created_at: '2024-01-28T16:00:00Z',
    data: {
      alert_id: formatEvent().alert.key,
      database: 'cache',
      severity: 'critical',
      category: 'memory',
      metric: 'memory_used_percent',
      current_value: 92.5,
      threshold: 90,
      duration_seconds: 0,
      message: 'Memory usage critical: 92.5% (threshold: 90%)',
      affected_resources: {},
      suggested_actions: [],
      dashboard_url: formatEvent().links.event,
      event: 'memory.high',
      details: formatEvent().data,
    },
    account_id: 'acc_xyz123',
    environment: 'production',
  })
  expect(Object.keys(await payload())).toEqual([
    'id',
    'type',
    'created_at',
    'data',
    'account_id',
    'environment',
  ])
})

test.each([
  ['alert.critical', formatEvent({ severity: 'error' })],
  ['alert.warning', formatEvent({ severity: 'warning' })],
  ['alert.resolved', resolved],
  ['database.connection_failed', down],
  ['database.health_check', up],
  ['config.changed', news],
])('%s is what it calls one of our events', async (type, event) => {
  expect(await payload(event)).toMatchObject({ type, data: { database: 'cache' } })
})

test('a resolved alert has the id of what raised it, and says how long it stood', async () => {
  expect((await payload(resolved)).data).toMatchObject({
    alert_id: formatEvent().alert.key,
    duration_seconds: 300,
    current_value: 80.2,
    threshold: 90,
  })
})

test('the headers are those of seed 3: an id for the event, another for each attempt', async () => {
  const { headers, body } = await composeRequest(db24x7, [formatEvent()], { secrets: [secret] })
  expect(headers).toMatchObject({
    'Content-Type': 'application/json',
    'X-DB24x7-Signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
    'X-DB24x7-Event-ID': 'evt_550e8400e29b41d4a716446655440000',
    'X-DB24x7-Delivery-ID': '018d4f9c-2f00-7000-8000-000000000009',
    'X-DB24x7-Timestamp': '1706457601',
  })
  expect(await verify({ headers, body, secret })).toMatchObject({ ok: true, scheme: 'db24x7' })
})
