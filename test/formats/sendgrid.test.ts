import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sendgrid } from '../../src/formats/sendgrid.ts'
import { conform } from './conform.ts'
import { bodies, text } from './demands.ts'

const config = { apiKey: 'SG.a-key', from: 'tocsin@example.com', to: ['ops@example.com'] }
const mail = z.strictObject({
  personalizations: z
    .array(
      z.strictObject({
        to: z
          .array(z.strictObject({ email: z.email() }))
          .min(1)
          .max(1000),
      }),
    )
    .min(1),
  from: z.strictObject({ email: z.email(), name: z.string() }),
  subject: text(998).regex(/^[^\r\n]+$/),
  content: z.tuple([
    z.strictObject({ type: z.literal('text/plain'), value: text(1_000_000) }),
    z.strictObject({ type: z.literal('text/html'), value: text(1_000_000) }),
  ]),
  custom_args: z
    .record(z.string(), z.string())
    .refine((args) => JSON.stringify(args).length <= 10_000),
})

describe('sendgrid', () => {
  conform(sendgrid, { config, demands: bodies(mail) })
})

test('HTML in a message is shown as it is', async () => {
  const { body, headers } = await composeRequest(
    sendgrid,
    [formatEvent({ data: { message: '<script>1 & 2</script>' } })],
    { config },
  )
  const [plain, html] = mail.parse(JSON.parse(body)).content
  expect(plain.value).toContain('<script>1 & 2</script>')
  expect(html.value).toContain('&lt;script&gt;1 &amp; 2&lt;/script&gt;')
  expect(html.value).not.toContain('<script>')
  expect(headers.Authorization).toBe('Bearer SG.a-key')
})

test('nobody gets it twice', async () => {
  const to = ['ops@example.com', 'ops@example.com']
  const { body } = await composeRequest(sendgrid, undefined, { config: { ...config, to } })
  expect(mail.parse(JSON.parse(body)).personalizations[0]?.to).toHaveLength(1)
})
