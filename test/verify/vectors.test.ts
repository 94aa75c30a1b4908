import { describe, expect, test } from 'vitest'
import { type Scheme, sign, type VerifyOptions, verify } from '../../src/verify.ts'
import vectors from '../fixtures/signature-vectors.json' with { type: 'json' }

type Given = Record<string, string | undefined>
const reasonOf = async (options: VerifyOptions) => {
  const result = await verify(options)
  return result.ok ? `ok: ${result.scheme}` : result.reason
}

describe('Standard Webhooks v1', () => {
  test.each(vectors.standard_webhooks_v1)('$name verifies, and is signed the same', async (it) => {
    const headers = {
      'webhook-id': it.id,
      'webhook-timestamp': String(it.timestamp),
      'webhook-signature': it.signature,
    }
    const now = Number(it.timestamp) * 1000
    const options = { headers, body: it.payload, secret: it.secret, now }
    expect(await verify(options)).toMatchObject({ ok: true, timestamp: now, id: it.id })
    expect(await reasonOf({ ...options, scheme: 'standard' })).toBe('ok: standard')
    const { id, secret, payload: body } = it
    expect(await sign({ scheme: 'standard', id, secret, body, timestamp: now })).toEqual(headers)
  })
})

describe('Standard Webhooks v1a', () => {
  test.each(vectors.standard_webhooks_v1a)('$name verifies, and is signed the same', async (it) => {
    const headers = {
      'webhook-id': it.id,
      'webhook-timestamp': String(it.timestamp),
      'webhook-signature': it.signature,
    }
    const now = Number(it.timestamp) * 1000
    const { id, payload: body } = it
    expect(await reasonOf({ headers, body, secret: it.publicKey, now })).toBe('ok: standard')
    const options = { scheme: 'standard', id, secret: it.secretKey, body, timestamp: now } as const
    expect(await sign(options)).toEqual(headers)
  })
})

describe('Standard Webhooks, several signatures', () => {
  test.each(vectors.standard_webhooks_headers)('$name', async (it) => {
    const now = Number(it.headers['webhook-timestamp']) * 1000
    const by = (secret: string | string[]) =>
      reasonOf({ headers: it.headers, body: it.payload, secret, now })
    const expected = (accepted: boolean) => (accepted ? 'ok: standard' : 'bad_signature')
    const { new: fresh, old, other } = it.referenceLibraryAccepts
    expect(await by(it.newSecret)).toBe(expected(fresh))
    expect(await by(it.oldSecret)).toBe(expected(old))
    expect(await by(it.otherSecret)).toBe(expected(other))
    expect(await by([it.otherSecret, it.newSecret])).toBe('ok: standard')
    const asymmetric = it.headers['webhook-signature'].includes('v1a,')
    expect(await by(it.publicKey)).toBe(expected(asymmetric))
  })
})

describe('Standard Webhooks, what is refused', () => {
  const reasons: Record<string, string> = {
    'too-old': 'too_old',
    'too-new': 'too_new',
    'milliseconds-timestamp': 'too_new',
    'missing-id': 'missing_header',
    'missing-signature': 'missing_header',
    'non-numeric-timestamp': 'malformed',
    'QUIRK-timestamp-trailing-garbage': 'malformed',
    'QUIRK-timestamp-fraction': 'malformed',
  }
  test.each(vectors.standard_webhooks_negative)('$name', async (it) => {
    const headers: Given = it.headers
    const now = Number(it.now) * 1000
    const options = { headers, body: it.payload ?? '', secret: it.secret, now }
    const reason = reasons[it.name] ?? 'bad_signature'
    expect(await reasonOf({ ...options, scheme: 'standard' })).toBe(reason)
    expect(await reasonOf(options)).toBe(reason)
  })
})

describe.each([
  ['betterdb', vectors.betterdb],
  ['db24x7', vectors.db24x7],
  ['dakkio', vectors.dakkio],
  ['stalwart', vectors.stalwart],
] as [Scheme, { name: string; secret: string; payload: string; headers: Given }[]][])(
  '%s',
  (scheme, cases) => {
    test.each(cases)('$name verifies, and is signed the same', async ({ headers, ...it }) => {
      const stamp = headers['x-webhook-timestamp']
      const timestamp = stamp === undefined ? undefined : Number(stamp)
      const options = { headers, body: it.payload, secret: it.secret, now: timestamp }
      expect(await verify(options)).toMatchObject({ ok: true, scheme, timestamp })
      expect(await reasonOf({ ...options, scheme })).toBe(`ok: ${scheme}`)
      expect(await reasonOf({ ...options, body: `${it.payload} ` })).toBe('bad_signature')
      const signed = await sign({ scheme, secret: it.secret, body: it.payload, timestamp })
      const lower = Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value])
      expect(headers).toMatchObject(Object.fromEntries(lower))
    })
  },
)
