import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tiers } from '../../src/plugin/event.ts'
import { type Licence, readLicence, tierInForce } from '../../src/rules/licence.ts'

const issuer = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const der = issuer.publicKey.export({ type: 'spki', format: 'der' })
const pem = issuer.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const spki = der.toString('base64')

const exp = 1_800_000_000
const now = exp * 1000 - 1
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function seal(header: string, claims: string, key: KeyObject = issuer.privateKey): string {
  const signature = sign(null, Buffer.from(`${header}.${claims}`), key).toString('base64url')
  return `${header}.${claims}.${signature}`
}
const issue = (claims: unknown, header: unknown = { alg: 'EdDSA' }) =>
  seal(encode(header), encode(claims))
const good = issue({ tier: 'pro', exp })

async function refusal(licence: string, key = spki, at = now): Promise<string> {
  const read = await readLicence(licence, key, at)
  return read.ok ? 'accepted' : read.reason
}

describe('a licence', () => {
  it.each(tiers)('of the tier %s grants it until it expires', async (tier) => {
    expect(await readLicence(issue({ tier, exp }), spki, now)).toEqual({
      ok: true,
      tier,
      expiresAt: exp * 1000,
    })
  })

  it.each([
    ['SubjectPublicKeyInfo in base64', spki],
    ['SubjectPublicKeyInfo in base64url', der.toString('base64url')],
    ['PEM', pem],
    ['PEM with Windows line ends', pem.replaceAll('\n', '\r\n')],
    ['PEM on one line', pem.replaceAll('\n', '')],
    ['the raw 32 bytes in base64', der.subarray(-32).toString('base64')],
    ['the raw 32 bytes in base64url', der.subarray(-32).toString('base64url')],
  ])('is checked with a public key given as %s', async (_, key) => {
    expect(await refusal(good, key)).toBe('accepted')
  })

  it('may hold other claims and header members, and stand among white space', async () => {
    const claims = { tier: 'pro', exp, iat: 1, sub: 'Grüße GmbH 日本' }
    const licence = issue(claims, { typ: 'JWT', alg: 'EdDSA', kid: '1' })
    expect(await refusal(`\n ${licence}\n`)).toBe('accepted')
  })

  it('ends with the second it names', async () => {
    expect(await refusal(good, spki, exp * 1000 - 1)).toBe('accepted')
    expect(await refusal(good, spki, exp * 1000)).toBe('it expired on 2027-01-15T08:00:00.000Z')
    expect(await refusal(good, spki, exp * 1000 + 1)).toMatch(/expired/)
    expect(await refusal(issue({ tier: 'pro', exp: 0 }))).toMatch(/expired on 1970/)
  })
})

describe('a licence is refused', () => {
  it.each(['', 'pro', good.split('.').slice(0, 2).join('.'), `${good}.more`, `${good}.`])(
    'that is not three parts: %#',
    async (licence) => {
      expect(await refusal(licence)).toBe('it is not a signed licence (three parts joined by dots)')
    },
  )

  it.each([
    ['another algorithm', encode({ alg: 'HS256' })],
    ['none', encode({ alg: 'none' })],
    ['no algorithm', encode({})],
    ['a header that is no object', encode('EdDSA')],
    ['a header that is no JSON', Buffer.from('{alg').toString('base64url')],
    ['a header that is no base64', '%%%'],
    ['no header', ''],
  ])('that names %s', async (_, header) => {
    expect(await refusal(seal(header, encode({ tier: 'pro', exp })))).toBe(
      'it is not signed with EdDSA',
    )
  })

  it.each([
    ['nothing', ''],
    ['no base64', 'not a key!'],
    ['too few bytes', 'AAAA'],
    ['a key of another kind', rsaKey()],
    ['the private key', issuer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('where the public key is %s', async (_, key) => {
    expect(await refusal(good, key)).toBe('TOCSIN_LICENSE_PUBLIC_KEY is not an Ed25519 public key')
  })

  it.each([
    [
      'by somebody else',
      seal(encode({ alg: 'EdDSA' }), encode({ tier: 'pro', exp }), stranger.privateKey),
    ],
    ['with nothing', good.slice(0, good.lastIndexOf('.') + 1)],
    ['with no base64', `${good.slice(0, good.lastIndexOf('.') + 1)}%%%`],
    ['with half a signature', good.slice(0, -43)],
  ])('that is signed %s', async (_, licence) => {
    expect(await refusal(licence)).toBe('its signature does not match TOCSIN_LICENSE_PUBLIC_KEY')
  })

  it('whose claims or header were changed after it was signed', async () => {
    const [header = '', claims = '', signature = ''] = good.split('.')
    const better = encode({ tier: 'enterprise', exp })
    const reason = 'its signature does not match TOCSIN_LICENSE_PUBLIC_KEY'
    expect(await refusal(`${header}.${better}.${signature}`)).toBe(reason)
    const other = encode({ alg: 'EdDSA', kid: 'x' })
    expect(await refusal(`${other}.${claims}.${signature}`)).toBe(reason)
  })

  it('when any bit of its signature is flipped', async () => {
    const [header, claims, signature = ''] = good.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const forged = Buffer.from(bytes)
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const licence = `${header}.${claims}.${forged.toString('base64url')}`
        expect(await refusal(licence)).toMatch(/signature does not match/)
      }),
    )
  })

  it.each([
    ['no tier', { exp }],
    ['an unknown tier', { tier: 'platinum', exp }],
    ['no exp', { tier: 'pro' }],
    ['an exp that is no number', { tier: 'pro', exp: String(exp) }],
    ['an exp before all time', { tier: 'pro', exp: Number.MIN_SAFE_INTEGER }],
    ['no object', 'pro'],
  ])('that is signed and claims %s', async (_, claims) => {
    expect(await refusal(issue(claims))).toBe('it lacks the claims tier and exp')
  })

  it('that is signed and holds no JSON', async () => {
    const text = Buffer.from('{"tier":"pro"').toString('base64url')
    expect(await refusal(seal(encode({ alg: 'EdDSA' }), text))).toBe(
      'it lacks the claims tier and exp',
    )
  })

  it('whatever text it is, without ever throwing', async () => {
    const encoded = fc.json().map((text) => Buffer.from(text).toString('base64url'))
    const part = fc.oneof(
      fc.base64String(),
      fc.string(),
      encoded,
      fc.constant(encode({ alg: 'EdDSA' })),
    )
    const keys = fc.oneof(fc.constant(spki), fc.string(), fc.base64String())
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), keys, async (parts, key) => {
        expect(await readLicence(parts.join('.'), key, now)).toMatchObject({ ok: false })
      }),
    )
  })
})

describe('the tier in force', () => {
  const licence: Licence = { ok: true, tier: 'pro', expiresAt: 1000 }

  it('is the setting where there is no licence', () => {
    expect(tiers.map((tier) => tierInForce(undefined, tier, 0))).toEqual(tiers)
  })

  it('is that of a valid licence, whether above or below the setting', () => {
    expect(tierInForce(licence, 'community', 999)).toBe('pro')
    expect(tierInForce(licence, 'enterprise', 999)).toBe('pro')
  })

  it('is community from the moment the licence expires', () => {
    expect(tierInForce(licence, 'enterprise', 1000)).toBe('community')
  })

  it('is community where the licence was refused', () => {
    expect(tierInForce({ ok: false, reason: 'forged' }, 'enterprise', 0)).toBe('community')
  })
})

function rsaKey(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}
