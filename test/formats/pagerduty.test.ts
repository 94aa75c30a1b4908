import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { pagerduty } from '../../src/formats/pagerduty.ts'
import { conform } from './conform.ts'
import { bodies, text, time, within } from './demands.ts'

const config = { routingKey: 'e93facc04764012d7bfb002500d5d1a6' }
const about = { routing_key: z.string().length(32), dedup_key: text(255) }
const event = z.discriminatedUnion('event_action', [
  z.strictObject({ ...about, event_action: z.literal('resolve') }),
  z.strictObject({
    ...about,
    event_action: z.literal('trigger'),
    client: z.string(),
    client_url: z.url().optional(),
    payload: z.strictObject({
      summary: text(1024),
      source: text(255),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: time,
      component: z.string(),
      group: z.string().optional(),
      class: z.string(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
  }),
])

describe('pagerduty', () => {
  conform(pagerduty, { config, demands: within(512_000, bodies(event)) })
})

test('data too large for PagerDuty is left out and said to be', async () => {
  const { body } = await composeRequest(
    pagerduty,
    [formatEvent({ data: { message: 'm', blob: 'x'.repeat(600_000) } })],
    { config },
  )
  expect(body.length).toBeLessThan(10_000)
  expect(body).toContain('larger than')
})

test('a refusal is final and says why', () => {
  const body = JSON.stringify({ status: 'invalid event', errors: ["Length of 'routing_key'"] })
  expect(pagerduty.judge?.({ status: 400, body, header: () => undefined })).toEqual({
    verdict: 'rejected',
    reason: expect.stringContaining('routing_key'),
  })
})

test('a routing key of another length is refused', () => {
  expect(pagerduty.config?.safeParse({ routingKey: 'short' }).success).toBe(false)
})
