import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { twilio } from '../../src/formats/twilio.ts'
import { conform } from './conform.ts'

const config = {
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'a-token-of-the-account',
  to: '+15558675310',
  from: '+15017122661',
}

describe('twilio', () => {
  conform(twilio, {
    config,
    demands({ body }) {
      const form = new URLSearchParams(body)
      const text = form.get('Body') ?? ''
      if (text.length < 1 || text.length > 1600) throw new Error(`${text.length} characters`)
      if (form.get('To') !== config.to || form.get('From') !== config.from)
        throw new Error(`neither from whom nor to whom: ${body.slice(0, 200)}`)
    },
  })
})

test('the form is written as vendors write it, under Basic credentials', async () => {
  const { body, headers } = await composeRequest(
    twilio,
    [formatEvent({ data: { message: 'memory 92.5% (threshold 90%)' } })],
    { config, publicUrl: null },
  )
  expect(body).toMatch(/^To=%2B15558675310&From=%2B15017122661&Body=%5BCRITICAL%5D\+memory\.high/)
  expect(headers).toMatchObject({
    'Content-Type': 'application/x-www-form-urlencoded',
    Authorization: `Basic ${btoa(`${config.accountSid}:${config.authToken}`)}`,
  })
})

test('it is sent from a number or from a messaging service, not from both', () => {
  const messagingServiceSid = `MG${'0'.repeat(32)}`
  const { from, ...rest } = config
  const accepts = (settings: object) => twilio.config?.safeParse(settings).success
  expect(accepts(config)).toBe(true)
  expect(accepts({ ...rest, messagingServiceSid })).toBe(true)
  expect(accepts({ ...rest, from, messagingServiceSid })).toBe(false)
  expect(accepts(rest)).toBe(false)
})
