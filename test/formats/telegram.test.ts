import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { telegram } from '../../src/formats/telegram.ts'
import { conform } from './conform.ts'
import { bodies } from './demands.ts'

const config = { chatId: -1001234567890 }
const url = 'https://api.telegram.org/bot1234:TOKEN/sendMessage'
const read = (text: string) => text.replaceAll(/<[^>]*>/g, '').replaceAll(/&\w+;/g, '&')
const message = z.strictObject({
  chat_id: z.union([z.int(), z.string()]),
  // What is left when tags and entities are read; no other tag or bare sign.
  text: z
    .string()
    .regex(/^(?:[^<>&]|&(?:amp|lt|gt|quot);|<\/?b>|<a href="[^<>"]*">|<\/a>)*$/)
    .refine((text) => read(text).length >= 1 && read(text).length <= 4096),
  parse_mode: z.literal('HTML'),
  link_preview_options: z.strictObject({ is_disabled: z.literal(true) }),
  disable_notification: z.boolean(),
  message_thread_id: z.int().optional(),
})

describe('telegram', () => {
  conform(telegram, { config, url, demands: bodies(message) })
})

test('HTML in a message is shown as it is', async () => {
  const { body } = await composeRequest(
    telegram,
    [formatEvent({ data: { message: '<b>"a" & b</b>' } })],
    { config, url },
  )
  expect(message.parse(JSON.parse(body)).text).toContain('&lt;b&gt;&quot;a&quot; &amp; b&lt;/b&gt;')
})

test('the page of a bot will do as its URL', async () => {
  const bot = 'https://api.telegram.org/bot1234:TOKEN'
  expect((await composeRequest(telegram, undefined, { config, url: bot })).url).toBe(url)
})

test('how long to wait, and where a group has gone, is read from the answer', () => {
  const judge = (status: number, answer: object) =>
    telegram.judge?.({ status, body: JSON.stringify(answer), header: () => undefined })
  const parameters = { retry_after: 5 }
  expect(judge(429, { ok: false, error_code: 429, parameters })).toMatchObject({
    verdict: 'retry',
    retryAfterMs: 5000,
  })
  expect(judge(400, { ok: false, parameters: { migrate_to_chat_id: -100 } })).toEqual({
    verdict: 'rejected',
    reason: expect.stringContaining('-100'),
  })
  expect(judge(403, { description: 'Forbidden: bot was blocked' })?.verdict).toBe('rejected')
})
