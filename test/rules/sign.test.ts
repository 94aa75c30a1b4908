import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64, hex } from '../../src/plugin/bytes.ts'
import { createSigner } from '../../src/rules/sign.ts'
import { portableKeys } from '../../src/rules/signing-keys.ts'
import { signingKeys } from '../../src/runtimes/server/signing-keys.ts'
import published from '../fixtures/signature-vectors.json' with { type: 'json' }
import { anyText } from '../support/any-text.ts'

const vectors = published.betterdb
const asymmetric = published.standard_webhooks_v1a

const reference = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex')
/** Every character there is, and halves of surrogate pairs. */
const texts = fc.oneof(
  anyText(),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
)
const secrets = texts.filter((secret) => secret !== '')

describe.each([
  ['WebCrypto', portableKeys],
  ['node:crypto', signingKeys],
])('a signature by %s', (_, keys) => {
  const sign = async (secret: string, text: string) =>
    hex((await createSigner([secret], keys).hmac(text))[0] ?? new Uint8Array())

  it.each(vectors)('is the published one: $name', async (vector) => {
    const signed = `${vector.timestamp}.${vector.payload}`
    expect(await sign(vector.secret, signed)).toBe(vector.signature)
  })

  it('is what node:crypto makes of any secret and any text', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, texts, async (secret, text) => {
        expect(await sign(secret, text)).toBe(reference(secret, text))
      }),
    )
  })

  it('is that of a text of any length', async () => {
    for (const length of [0, 55, 56, 63, 64, 65, 4095, 4096, 4097, 20_000]) {
      const text = 'x'.repeat(length)
      expect(await sign('secret', text)).toBe(reference('secret', text))
    }
  })

  it('is the same for a secret longer than a block of the hash', async () => {
    const secret = 'ключ'.repeat(100)
    expect(await sign(secret, 'text')).toBe(reference(secret, 'text'))
  })

  it('is that of its own secret, however many secrets are in use', async () => {
    const many = Array.from({ length: 2500 }, (_, n) => `secret ${n % 1250}`)
    const signatures = await Promise.all(many.map((secret) => sign(secret, 'text')))
    expect(signatures).toEqual(many.map((secret) => reference(secret, 'text')))
  })

  it('is refused for an empty secret, each time', async () => {
    await expect(sign('', 'text')).rejects.toThrow('anybody could sign')
    await expect(sign('', 'text')).rejects.toThrow('anybody could sign')
  })

  it.each(asymmetric)('of ed25519 is the known one: $name', async (vector) => {
    const { secretKey, id, timestamp, payload, signature } = vector
    const signer = createSigner([secretKey], keys)
    const [bytes = new Uint8Array()] = await signer.ed25519(`${id}.${timestamp}.${payload}`)
    expect(`v1a,${base64(bytes)}`).toBe(signature)
    expect(await signer.hmac(payload, 'base64')).toEqual([])
  })
})

describe('hexadecimal digits', () => {
  it('are two a byte, in lower case', () => {
    expect(hex(Uint8Array.of(0, 1, 15, 16, 171, 255))).toBe('00010f10abff')
    expect(hex(new Uint8Array())).toBe('')
  })
})
