import { expect, it } from 'vitest'
import { betterdb } from '../../src/formats/betterdb.ts'
import { createEndpoint } from '../../src/rules/endpoint.ts'
import { formatRequest } from '../../src/rules/format-request.ts'
import { formatEvent } from '../../src/testing.ts'
import { webhookSettings } from '../support/webhook-settings.ts'

it('sends every header once, however it is written, and ours in place of a webhooks own', async () => {
  const endpoint = await createEndpoint({
    id: 'id',
    settings: webhookSettings({
      url: 'https://example.com/',
      events: ['memory.critical'],
      headers: { authorization: 'its own', 'X-Team': 'db', 'user-agent': 'curl' },
      httpAuth: { type: 'Bearer' },
    }),
    secrets: { signing: ['secret'], values: { httpAuth: 'token' } },
    format: betterdb,
    sender: { environment: 'test' },
  })
  const { headers } = await formatRequest(endpoint, {
    events: [formatEvent()],
    payload: { body: '{}' },
    timestamp: 0,
    attemptId: 'attempt',
    extraHeaders: { 'X-WEBHOOK-EVENT': 'another' },
  })
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  expect(new Set(names).size).toBe(names.length)
  expect(headers).toMatchObject({
    Authorization: 'Bearer token',
    'X-Team': 'db',
    'User-Agent': 'BetterDB-Monitor/1.0',
    'X-WEBHOOK-EVENT': 'another',
  })
})
