import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Scheme, schemes, sign, type VerifyOptions, verify } from '../../src/verify.ts'

const now = 1706457600000
const standard = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const old = 'whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno'
const privateKey =
  'whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuA=='
const publicKey = 'whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='
const body = JSON.stringify({
  id: 'evt-1',
  event: 'memory.critical',
  data: { message: 'Größe 🚨' },
})
const secretOf = (scheme: Scheme) => (scheme === 'basic' ? 'user:pässword' : standard)
const signing = schemes.filter((scheme) => scheme !== 'basic' && scheme !== 'bearer')
const timed = ['standard', 'betterdb'] as const

async function genuine(scheme: Scheme, secret = secretOf(scheme)) {
  const headers = await sign({ scheme, secret, body, timestamp: now, id: 'msg_1' })
  return { headers, body, secret, scheme, now, toleranceMs: 300_000 } as const
}

async function reasonOf(options: VerifyOptions): Promise<string> {
  const result = await verify(options)
  return result.ok ? 'ok' : result.reason
}

describe.each(schemes)('a request of %s', (scheme) => {
  test('says what it is about', async () => {
    const isTimed = scheme === 'standard' || scheme === 'betterdb'
    expect(await verify(await genuine(scheme))).toEqual({
      ok: true,
      scheme,
      timestamp: isTimed ? now : undefined,
      id: scheme === 'standard' ? 'msg_1' : 'evt-1',
      event: 'memory.critical',
      payload: JSON.parse(body),
    })
  })

  test('verifies in whichever form its headers and body are handed in', async () => {
    const options = await genuine(scheme)
    const { headers } = options
    const change = (by: (name: string) => string) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [by(name), value]))
    const listed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])
    const bytes = new TextEncoder().encode(body)
    const wider = new Uint8Array(bytes.length + 8)
    wider.set(bytes, 4)
    const view = new DataView(wider.buffer, 4, bytes.length)
    for (const given of [
      new Headers(headers),
      change((name) => name.toUpperCase()),
      change((name) => name.toLowerCase()),
      Object.fromEntries(listed),
      { ...headers, 'x-other': undefined },
    ])
      expect(await reasonOf({ ...options, headers: given })).toBe('ok')
    for (const given of [bytes, Buffer.from(body), bytes.buffer, view])
      expect(await reasonOf({ ...options, body: given })).toBe('ok')

    const request = new Request('http://localhost/', { method: 'POST', headers, body })
    const { headers: _, body: __, ...settings } = options
    expect(await reasonOf({ ...settings, request })).toBe('ok')
    expect(await request.text()).toBe(body)
    expect(await reasonOf({ ...settings, request })).toBe('malformed')
  })

  test('verifies with any of several secrets, and with no other', async () => {
    const options = await genuine(scheme)
    const other = scheme === 'basic' ? 'user:other' : old
    expect(await reasonOf({ ...options, secret: [other, options.secret] })).toBe('ok')
    expect(await reasonOf({ ...options, secret: [options.secret, other] })).toBe('ok')
    expect(await reasonOf({ ...options, secret: other })).toBe('bad_signature')
  })

  test('is refused when any bit of a signed header, the body or the secret is flipped', async () => {
    const options = await genuine(scheme)
    const flip = (text: string, bit: number) => {
      const bytes = Buffer.from(text)
      const at = (bit >> 3) % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7))
      return bytes
    }
    const names = Object.keys(options.headers)
    const bit = fc.nat(2 ** 16)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), bit, async (name, at) => {
        const value = flip(options.headers[name] ?? '', at).toString('latin1')
        // The name of an authorization is the same in any case.
        fc.pre(value.toLowerCase() !== options.headers[name]?.toLowerCase())
        const headers = { ...options.headers, [name]: value }
        expect(await reasonOf({ ...options, headers })).not.toBe('ok')
      }),
    )
    await fc.assert(
      fc.asyncProperty(bit, async (at) => {
        const secret = flip(secretOf(scheme), at).toString('latin1')
        expect(await reasonOf({ ...options, secret })).not.toBe('ok')
        if (scheme === 'basic' || scheme === 'bearer') return
        expect(await reasonOf({ ...options, body: flip(body, at) })).not.toBe('ok')
      }),
    )
  })

  test('is refused, never thrown at, whatever it holds', async () => {
    const { headers, ...options } = await genuine(scheme)
    // All that a header can hold.
    const latin1 = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1'))
    const value = fc.oneof(fc.string(), latin1, fc.constant(undefined))
    const names = Object.keys(headers)
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 3, maxLength: 3 }), async (values) => {
        const given = Object.fromEntries(names.map((name, index) => [name, values[index]]))
        expect(await reasonOf({ ...options, headers: given })).not.toBe('ok')
        const [last = ''] = names.slice(-1)
        const almost = { ...headers, [last]: values[0] }
        expect(await reasonOf({ ...options, headers: almost })).not.toBe('ok')
      }),
      { numRuns: 40 },
    )
  })

  test('is refused without any of its headers', async () => {
    const options = await genuine(scheme)
    for (const name of Object.keys(options.headers)) {
      const { [name]: _, ...headers } = options.headers
      const result = await verify({ ...options, headers })
      expect(result).toEqual({
        ok: false,
        reason: 'missing_header',
        message: `${name} is missing`,
      })
    }
    expect(await reasonOf({ ...options, headers: new Headers() })).toBe('missing_header')
  })

  test('is refused, with the reason, when a framework has parsed the body', async () => {
    const parsed = JSON.parse(body) as unknown as string
    const result = await verify({ ...(await genuine(scheme)), body: parsed })
    expect(result).toMatchObject({ ok: false, reason: 'malformed' })
  })

  test('never verifies with a public key in the place of a secret', async () => {
    const publicly = async (secret: string) => {
      const headers = await sign({ scheme, secret, body, timestamp: now }).catch(() => ({}))
      return reasonOf({ headers, body, secret: publicKey, scheme, now })
    }
    expect(await publicly(publicKey)).not.toBe('ok')
    expect(await publicly(publicKey.slice(5))).not.toBe('ok')
  })

  test('is described without the secret or the signature that was expected', async () => {
    const { headers, ...options } = await genuine(scheme)
    const forged = await sign({ scheme, body, timestamp: now, id: 'msg_1', secret: 'b2xk:' }).catch(
      () => sign({ scheme, body, timestamp: now, id: 'msg_1', secret: old }),
    )
    const said = JSON.stringify(await verify({ ...options, headers: forged }))
    expect(said).toContain('bad_signature')
    for (const value of [secretOf(scheme), ...Object.values(headers)])
      expect(said).not.toContain(value)
  })
})

describe.each(timed)('the time of a request of %s', (scheme) => {
  test('may be five minutes off either way, or as far as the receiver says', async () => {
    const options = await genuine(scheme)
    const at = (moment: number, toleranceMs?: number) =>
      reasonOf({ ...options, toleranceMs, now: () => moment })
    expect(await at(now + 300_000)).toBe('ok')
    expect(await at(now + 300_001)).toBe('too_old')
    expect(await at(now - 300_000)).toBe('ok')
    expect(await at(now - 300_001)).toBe('too_new')
    expect(await at(now + 1001, 1000)).toBe('too_old')
    expect(await at(now, Number.NaN)).toBe('too_old')
    expect(await reasonOf({ ...options, now: undefined })).toBe('too_old')
  })

  test.each([
    '',
    'now',
    '17.5',
    '1706457600abc',
    '-17',
    '+17',
    ' 17',
    '017',
    '1.7e12',
    '0x18',
    '0',
  ])('is malformed: %j', async (stamp) => {
    const { headers, ...options } = await genuine(scheme)
    const [name = ''] = Object.keys(headers).filter((it) => /timestamp/i.test(it))
    const given = { ...headers, [name]: stamp }
    expect(await reasonOf({ ...options, headers: given })).toBe('malformed')
  })
})

describe('a scheme that is not named', () => {
  test.each(signing)('is found by the headers: %s', async (scheme) => {
    const { scheme: _, ...options } = await genuine(scheme)
    expect(await verify(options)).toMatchObject({ ok: true, scheme })
  })

  test.each(['basic', 'bearer'] as const)('is never %s', async (scheme) => {
    const { scheme: _, ...options } = await genuine(scheme)
    expect(await reasonOf(options)).toBe('missing_header')
  })

  test('is whichever verifies, where headers of two ride together', async () => {
    const both = async (secret: string) => {
      const [one, two] = await Promise.all([genuine('standard'), genuine('betterdb', secret)])
      return { headers: { ...one.headers, ...two.headers }, body, now }
    }
    const options = await both('not base64')
    expect(await verify({ ...options, secret: standard })).toMatchObject({ scheme: 'standard' })
    expect(await verify({ ...options, secret: 'not base64' })).toMatchObject({ scheme: 'betterdb' })
    expect(await reasonOf({ ...options, secret: 'wrong, too' })).toBe('bad_signature')
  })

  test('does not let what was signed with a time pass as what is signed without', async () => {
    const { headers } = await genuine('betterdb')
    const replayed = `${now}.${body}`
    for (const [name, value] of [
      ['x-webhook-signature', `sha256=${headers['X-Webhook-Signature']}`],
      ['x-db24x7-signature', `sha256=${headers['X-Webhook-Signature']}`],
      ['x-signature', Buffer.from(headers['X-Webhook-Signature'] ?? '', 'hex').toString('base64')],
    ] as const) {
      const options = { headers: { [name]: value }, body: replayed, secret: standard, now }
      expect(await reasonOf(options)).toBe('malformed')
    }
  })
})

describe('a rotation', () => {
  test.each(signing)('lets receivers of either secret verify: %s', async (scheme) => {
    const headers = await sign({ scheme, secret: [standard, old], body, timestamp: now })
    for (const secret of [standard, old, [old, standard]])
      expect(await reasonOf({ headers, body, secret, now })).toBe('ok')
    expect(await reasonOf({ headers, body, secret: `whsec_${btoa('other')}`, now })).toBe(
      'bad_signature',
    )
  })

  test('from v1 to v1a signs with both', async () => {
    const secrets = [privateKey, standard]
    const headers = await sign({ scheme: 'standard', secret: secrets, body, timestamp: now })
    for (const secret of [publicKey, standard])
      expect(await reasonOf({ headers, body, secret, now })).toBe('ok')
  })
})

describe('a body', () => {
  const signed = async (given: string) => {
    const options = { scheme: 'standard', secret: standard, body: given } as const
    const headers = await sign({ ...options, timestamp: now, id: 'msg_1' })
    return verify({ ...options, headers, now })
  }
  test('of several events is told by its first', async () => {
    const stalwart = {
      events: [
        { id: '1', type: 'auth.success' },
        { id: '2', type: 'x' },
      ],
    }
    expect(await signed(JSON.stringify(stalwart))).toMatchObject({ event: 'auth.success' })
    expect(await signed(JSON.stringify([{ type: 'a' }]))).toMatchObject({ event: 'a' })
  })

  test.each(['', 'not JSON', '1', 'null', '[]', '{"events":[null]}', '{"event":{}}'])(
    'that names no event verifies all the same: %j',
    async (given) => {
      expect(await signed(given)).toMatchObject({ ok: true, id: 'msg_1', event: undefined })
    },
  )
})

describe('a receiver that is set up wrongly', () => {
  test.each([[''], [[]], [['']], [undefined as unknown as string]])(
    'without a secret (%j) is told so at once',
    async (secret) => {
      const options = verify({ headers: {}, body, secret })
      await expect(options).rejects.toThrow(/needs the secret/)
    },
  )

  test('with a scheme nobody knows is told so', async () => {
    const scheme = 'rot13' as unknown as 'betterdb'
    const options = { headers: {}, body, secret: standard, scheme }
    await expect(verify(options)).rejects.toThrow(/knows no scheme rot13; use one of standard/)
  })

  test.each([
    ['standard', 'your-secret-key'],
    ['standard', 'whpk_AAAA'],
    ['betterdb', publicKey],
    ['bearer', publicKey],
    ['basic', 'no colon'],
  ] as const)('with a secret that does not fit %s is told so: %s', async (scheme, secret) => {
    const { headers } = await genuine(scheme)
    const result = await verify({ headers, body, secret, scheme, now })
    expect(result).toMatchObject({ ok: false, reason: 'unusable_secret' })
    expect(JSON.stringify(result)).not.toContain(secret)
  })
})
