import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { slack } from '../../src/formats/slack.ts'
import { conform } from './conform.ts'
import { bodies, text } from './demands.ts'

const url = 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX'
const mrkdwn = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    // A bare `<`, `>` or `&` would mean something; ours are links and dates only.
    text: text(most).regex(
      /^(?:[^<>&]|&(?:amp|lt|gt);|<!date\^[^<>]*>|<https?:[^<>|]*\|[^<>]*>)*$/,
    ),
  })
const block = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    text: z.strictObject({ type: z.literal('plain_text'), text: text(150) }),
  }),
  z.strictObject({
    type: z.literal('section'),
    text: mrkdwn(3000).optional(),
    fields: z.array(mrkdwn(2000)).min(1).max(10).optional(),
  }),
  z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwn(2000)).min(1).max(10) }),
])
const message = z.strictObject({
  text: text(40_000),
  blocks: z.array(block).max(50),
  attachments: z.array(
    z.strictObject({ color: z.string().regex(/^#[0-9A-F]{6}$/), blocks: z.array(block).max(50) }),
  ),
})

describe('slack', () => {
  conform(slack, { url, demands: bodies(message) })
})

test('a message says what, where and how much, and nobody is called by it', async () => {
  const { body } = await composeRequest(slack, [
    formatEvent({ data: { message: 'used by <!channel> & co' } }),
  ])
  const sent = message.parse(JSON.parse(body))
  expect(sent.text).toContain('[CRITICAL] memory.high on cache (valkey.example.com:6379)')
  expect(body).toContain('used by &lt;!channel&gt; &amp; co')
  expect(JSON.stringify(sent.attachments)).toContain('92.5%')
})

test('only a body of "ok" is a success', () => {
  const judge = (status: number, body: string) =>
    slack.judge?.({ status, body, header: () => undefined })?.verdict
  expect(judge(200, 'ok')).toBeUndefined()
  expect(judge(200, 'invalid_token')).toBe('retry')
  expect(judge(400, 'invalid_payload')).toBe('rejected')
  expect(judge(404, 'channel_not_found')).toBe('rejected')
  expect(judge(500, 'rollup_error')).toBeUndefined()
  expect(judge(429, '')).toBeUndefined()
})
