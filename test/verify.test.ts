import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type VerifyOptions, verify } from '../src/verify.ts'
import vectors from './fixtures/betterdb-vectors.json' with { type: 'json' }

const [first] = vectors
if (!first) throw new Error('no vectors')
const { secret, payload, signature } = first
const timestamp = Number(first.timestamp)
const headers = { 'x-webhook-signature': signature, 'x-webhook-timestamp': first.timestamp }
const genuine: VerifyOptions = { headers, body: payload, secret, now: timestamp }

async function codeOf(changes: Partial<VerifyOptions>): Promise<string> {
  const result = await verify({ ...genuine, ...changes })
  return result.ok ? 'ok' : result.code
}

describe('a genuine request', () => {
  it.each(vectors)('verifies: $name', async (vector) => {
    const at = Number(vector.timestamp)
    const sent = {
      'X-Webhook-Signature': vector.signature,
      'X-Webhook-Timestamp': vector.timestamp,
    }
    const result = await verify({
      headers: sent,
      body: vector.payload,
      secret: vector.secret,
      now: at,
      scheme: 'betterdb',
    })
    expect(result).toEqual({ ok: true, timestamp: at })
  })

  it.each<[string, VerifyOptions['headers']]>([
    ['Headers', new Headers(headers)],
    [
      'an object in any case',
      { 'X-WEBHOOK-signature': signature, 'x-Webhook-Timestamp': first.timestamp },
    ],
    [
      'arrays of one',
      { 'x-webhook-signature': [signature], 'x-webhook-timestamp': [first.timestamp] },
    ],
    ['an object with gaps', { ...headers, 'x-other': undefined }],
  ])('verifies with headers as %s', async (_, given) => {
    expect(await codeOf({ headers: given })).toBe('ok')
  })

  it('verifies with the body as text, bytes, a view into more bytes, or a buffer', async () => {
    const bytes = new TextEncoder().encode(payload)
    const wider = new Uint8Array(bytes.length + 8)
    wider.set(bytes, 4)
    const bodies = [payload, bytes, wider.subarray(4, 4 + bytes.length), bytes.buffer]
    for (const body of [...bodies, Buffer.from(payload)]) {
      expect(await codeOf({ body })).toBe('ok')
    }
  })

  it('verifies with any of several secrets', async () => {
    expect(await codeOf({ secret: ['the-new-one', secret] })).toBe('ok')
    expect(await codeOf({ secret: [secret, 'the-old-one'] })).toBe('ok')
    expect(await codeOf({ secret: ['the-new-one', 'the-old-one'] })).toBe('no_match')
  })

  it('verifies by the clock when no time is given', async () => {
    const { now: _, ...byTheClock } = genuine
    expect(await verify(byTheClock)).toMatchObject({ ok: false, code: 'too_old' })
    expect(await verify({ ...byTheClock, toleranceMs: 1e15 })).toMatchObject({ ok: true })
  })

  it('verifies within five minutes either way', async () => {
    expect(await codeOf({ now: timestamp + 300_000 })).toBe('ok')
    expect(await codeOf({ now: timestamp + 300_001 })).toBe('too_old')
    expect(await codeOf({ now: timestamp - 300_000 })).toBe('ok')
    expect(await codeOf({ now: timestamp - 300_001 })).toBe('too_new')
    expect(await codeOf({ now: timestamp + 1001, toleranceMs: 1000 })).toBe('too_old')
    expect(await codeOf({ toleranceMs: Number.NaN })).toBe('too_old')
  })
})

describe('a request that is not genuine', () => {
  it('does not verify when its body, time or secret is another', async () => {
    expect(await codeOf({ body: payload.replace('92.5', '12.5') })).toBe('no_match')
    expect(await codeOf({ body: '' })).toBe('no_match')
    expect(await codeOf({ secret: `${secret} ` })).toBe('no_match')
    const later = { ...headers, 'x-webhook-timestamp': String(timestamp + 1) }
    expect(await codeOf({ headers: later })).toBe('no_match')
  })

  it('does not verify when any bit of it is flipped', async () => {
    const bytes = new TextEncoder().encode(payload)
    const position = fc.nat(bytes.length * 8 - 1)
    await fc.assert(
      fc.asyncProperty(position, async (bit) => {
        const body = bytes.slice()
        const at = bit >> 3
        body[at] = (body[at] ?? 0) ^ (1 << (bit & 7))
        expect(await codeOf({ body })).toBe('no_match')
      }),
    )
  })

  it.each([
    '',
    'sha256=test',
    'test',
    signature.slice(1),
    `${signature}0`,
    signature.toUpperCase(),
    ` ${signature}`,
    `sha256=${signature}`,
    `${signature}, ${signature}`,
    `${signature}\n`,
    'ü'.repeat(64),
    '0'.repeat(64),
  ])('does not verify with the signature %j', async (given) => {
    expect(await codeOf({ headers: { ...headers, 'x-webhook-signature': given } })).toBe('no_match')
  })

  it.each([
    '',
    'now',
    '1706457600000.5',
    '1706457600000abc',
    '-1706457600000',
    '+1706457600000',
    ' 1706457600000',
    '01706457600000',
    '1.7e12',
    '0x18d5',
    '0',
    '2024-01-28T16:00:00.000Z',
    '99999999999999999999',
    '1706457600000, 1706457600000',
    '١٧٠٦٤٥٧٦٠٠٠٠٠',
  ])('has a bad timestamp: %j', async (given) => {
    const sent = { ...headers, 'x-webhook-timestamp': given }
    expect(await codeOf({ headers: sent })).toBe('bad_timestamp')
  })

  it('is too old when its time is in seconds, too new when it is far ahead', async () => {
    const at = (given: string) => codeOf({ headers: { ...headers, 'x-webhook-timestamp': given } })
    expect(await at('1706457600')).toBe('too_old')
    expect(await at(String(timestamp + 10 * 365 * 86_400_000))).toBe('too_new')
  })

  it('lacks its headers', async () => {
    const { 'x-webhook-signature': _, ...unsigned } = headers
    const result = await verify({ ...genuine, headers: unsigned })
    expect(result).toEqual({
      ok: false,
      code: 'missing_headers',
      message: 'X-Webhook-Signature is missing',
    })
    expect(await codeOf({ headers: { 'x-webhook-signature': signature } })).toBe('missing_headers')
    expect(await codeOf({ headers: {} })).toBe('missing_headers')
    expect(await codeOf({ headers: new Headers() })).toBe('missing_headers')
    expect(await codeOf({ headers: { ...headers, 'x-webhook-signature': [] } })).toBe(
      'missing_headers',
    )
  })

  it('is told from one whose body was parsed by the receiver’s own framework', async () => {
    const parsed = JSON.parse(payload) as unknown as string
    const result = await verify({ ...genuine, body: parsed })
    expect(result).toMatchObject({ ok: false, code: 'no_match' })
    expect(result.ok ? '' : result.message).toContain('raw')
    expect(await codeOf({ body: JSON.stringify({ type: 'Buffer', data: [1] }) })).toBe('no_match')
  })

  it('never makes it throw, and never passes', async () => {
    const values = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant(undefined))
    await fc.assert(
      fc.asyncProperty(values, values, fc.string(), async (mac, time, body) => {
        const sent = { 'x-webhook-signature': mac, 'x-webhook-timestamp': time }
        expect((await verify({ ...genuine, headers: sent, body })).ok).toBe(false)
        const signed = { ...sent, 'x-webhook-timestamp': first.timestamp }
        expect((await verify({ ...genuine, headers: signed, body })).ok).toBe(false)
      }),
    )
  })

  it('is described without the secret or the expected signature', async () => {
    const wrong = { ...headers, 'x-webhook-signature': '0'.repeat(64) }
    const result = await verify({ ...genuine, headers: wrong })
    expect(JSON.stringify(result)).not.toContain(secret)
    expect(JSON.stringify(result)).not.toContain(signature)
  })
})

describe('a receiver that is set up wrongly', () => {
  it.each([[''], [[]], [['']], [undefined as unknown as string]])(
    'without a secret (%j) is told so at once',
    async (none) => {
      await expect(verify({ ...genuine, secret: none })).rejects.toThrow(/needs the secret/)
    },
  )

  it('with a scheme nobody knows is told so', async () => {
    const scheme = 'standard' as unknown as 'betterdb'
    await expect(verify({ ...genuine, scheme })).rejects.toThrow(/knows no scheme standard/)
  })
})
