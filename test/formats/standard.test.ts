import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { composeRequest, formatEvent } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { standard } from '../../src/formats/standard.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { verify } from '../../src/verify.ts'
import vectors from '../fixtures/signature-vectors.json' with { type: 'json' }
import { conform } from './conform.ts'
import { down, older, secret } from './envelopes.ts'

conform(standard)

const [keyed] = vectors.standard_webhooks_v1a
const { secretKey = '', publicKey = '' } = keyed ?? {}
const context = { webhook: { id: '', name: '' }, config: {}, environment: '' }

/** The signatures of that body, sent at that time under that id. */
async function sign(secrets: readonly string[], id: string, seconds: number, body: string) {
  const headers = await standard.headers?.({
    events: [formatEvent({ id })],
    body,
    timestamp: seconds * 1000 + 999,
    attemptId: '',
    context,
    signer: createSigner(secrets),
  })
  expect(headers).toMatchObject({ 'webhook-id': id, 'webhook-timestamp': String(seconds) })
  return headers?.['webhook-signature']
}

test('the payload is the recommended one, the data as it was written', async () => {
  const { body } = await composeRequest(standard, [formatEvent({ dataText: '{"ratio":1.0}' })])
  expect(body).toBe(
    '{"id":"550e8400-e29b-41d4-a716-446655440000","type":"memory.high",' +
      '"timestamp":"2024-01-28T16:00:00.000Z",' +
      '"instance":{"host":"valkey.example.com","port":6379},"data":{"ratio":1.0}}',
  )
})

describe('a signature', () => {
  test.each(vectors.standard_webhooks_v1)('v1 is the published one: $name', async (vector) => {
    const { secret, id, timestamp, payload, signature } = vector
    expect(await sign([secret], id, timestamp, payload)).toBe(signature)
  })

  test.each(vectors.standard_webhooks_v1a)('v1a is the published one: $name', async (vector) => {
    const { secretKey, id, timestamp, payload, signature } = vector
    expect(await sign([secretKey], id, timestamp, payload)).toBe(signature)
  })

  test('of a rotation lists the new one, the old one, then the keys', async () => {
    const list = vectors.standard_webhooks_headers.find(({ name }) => name === 'new-old-ed25519')
    const key = vectors.standard_webhooks_v1a.at(-1)?.secretKey ?? ''
    const { newSecret = '', oldSecret = '', headers, payload = '' } = list ?? {}
    expect(await sign([key, newSecret, oldSecret], 'msg_rotate', 1706457600, payload)).toBe(
      headers?.['webhook-signature'],
    )
  })
})

describe('a request is verified', () => {
  const now = Date.now()

  test.each([
    ['standardwebhooks', StandardWebhook],
    ['svix', SvixWebhook],
  ])('by %s, with the new secret and with the old one', async (_, Library) => {
    const sent = await composeRequest(standard, [down], {
      secrets: [secret, older],
      timestamp: now,
    })
    for (const one of [secret, older])
      expect(new Library(one).verify(sent.body, sent.headers)).toMatchObject({
        type: 'instance.down',
        data: down.data,
      })
    const other = new Library('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
    expect(() => other.verify(sent.body, sent.headers)).toThrow()
    expect(() => new Library(secret).verify(`${sent.body} `, sent.headers)).toThrow()
  })

  test('by tocsin/verify, v1 and v1a', async () => {
    const sent = await composeRequest(standard, [down], {
      secrets: [secretKey, secret],
      timestamp: now,
    })
    for (const one of [secret, publicKey])
      expect(await verify({ ...sent, secret: one })).toMatchObject({
        ok: true,
        scheme: 'standard',
        id: down.id,
      })
  })
})

test('a secret that no library could read is refused, with what to send', () => {
  for (const good of [secret, older, secretKey, 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX'])
    expect(standard.refusesSecret?.(good)).toBeUndefined()
  for (const bad of ['your-secret-key', 'whsec_', 'whsec_a', 'whsk_AAAA', 'whsec_a-b_'])
    expect(standard.refusesSecret?.(bad)).toContain('whsec_')
})
