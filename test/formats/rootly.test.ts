import { composeRequest } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rootly } from '../../src/formats/rootly.ts'
import { conform } from './conform.ts'
import { bodies, text, time } from './demands.ts'

const config = { token: 'a-token-of-the-api' }
const url = 'https://api.rootly.com/v1/alerts'
const alert = z.strictObject({
  data: z.strictObject({
    type: z.literal('alerts'),
    attributes: z.strictObject({
      source: z.literal('generic_webhook'),
      summary: z.string(),
      description: z.string(),
      status: z.enum(['open', 'triggered']),
      external_id: text(255),
      external_url: z.url().optional(),
      started_at: time,
      labels: z.array(z.strictObject({ key: text(100), value: z.string() })),
      data: z.record(z.string(), z.unknown()),
    }),
  }),
})

describe('rootly', () => {
  conform(rootly, { config, url, demands: bodies(alert) })
})

test('a request is JSON:API, under a token', async () => {
  const { headers } = await composeRequest(rootly, undefined, { config, url })
  expect(headers).toMatchObject({
    'Content-Type': 'application/vnd.api+json',
    Authorization: `Bearer ${config.token}`,
  })
})

test('that it cannot say the end of an alert is said when a webhook is set up', () => {
  const event = { severity: 'info', tier: 'community' } as const
  expect(rootly.expresses?.({ ...event, type: 'alert.resolved' }, config)).toContain(
    'alert.resolved',
  )
  expect(rootly.expresses?.({ ...event, type: 'memory.critical' }, config)).toBeUndefined()
})
