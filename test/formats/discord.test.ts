import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { discord } from '../../src/formats/discord.ts'
import { conform } from './conform.ts'
import { bodies, text, time } from './demands.ts'

const url = 'https://discord.com/api/webhooks/123456/abcdef'
const embed = z
  .strictObject({
    title: text(256),
    description: text(4096),
    color: z.int().min(0).max(16_777_215),
    timestamp: time,
    url: z.url().optional(),
    fields: z
      .array(z.strictObject({ name: text(256), value: text(1024), inline: z.boolean() }))
      .max(25),
    footer: z.strictObject({ text: text(2048) }),
  })
  .refine(
    ({ title, description, fields, footer }) =>
      [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])].join(
        '',
      ).length <= 6000,
    'its texts are more than 6000 characters together',
  )
const message = z.strictObject({
  username: text(80),
  allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
  embeds: z.array(embed).min(1).max(10),
})

describe('discord', () => {
  conform(discord, { url, demands: bodies(message) })
})

test('Discord is asked to wait, so that it says what it has not saved', async () => {
  expect((await composeRequest(discord, undefined, { url })).url).toBe(`${url}?wait=true`)
  const inThread = await composeRequest(discord, undefined, { url: `${url}?thread_id=7` })
  expect(inThread.url).toBe(`${url}?thread_id=7&wait=true`)
})

test.each([
  ['*user_name* [a](https://b.example)', '\\*user\\_name\\* \\[a\\](https://b.example)'],
  ['<@1> @everyone ||c||', '\\<\\@1> \\@everyone \\|\\|c\\|\\|'],
  ['# a\n - b\n> c', '\\# a\n \\- b\n\\> c'],
  ['cache-1: 92.5% (> 90) #1', 'cache-1: 92.5% (> 90) #1'],
])('what is Markdown is shown as it is: %j', async (said, shown) => {
  const { body } = await composeRequest(discord, [formatEvent({ data: { message: said } })])
  expect(message.parse(JSON.parse(body)).embeds[0]?.description).toBe(shown)
})

test('a rate limit in the body is honoured, to the fraction of a second', () => {
  const body = JSON.stringify({ message: 'You are being rate limited.', retry_after: 64.57 })
  expect(discord.judge?.({ status: 429, body, header: () => undefined })).toMatchObject({
    verdict: 'retry',
    retryAfterMs: 64_570,
  })
})

test('a webhook that is gone is not asked again', () => {
  const body = JSON.stringify({ message: 'Unknown Webhook', code: 10015 })
  expect(discord.judge?.({ status: 404, body, header: () => undefined })).toEqual({
    verdict: 'gone',
    reason: expect.stringContaining('Unknown Webhook'),
  })
})
