import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../src/plugin/bytes.ts'
import { hmacSha256 } from '../../src/rules/sign.ts'
import vectors from '../fixtures/betterdb-vectors.json' with { type: 'json' }

const reference = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex')
/** Every character there is, and halves of surrogate pairs. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
)
const secrets = texts.filter((secret) => secret !== '')

describe('a signature', () => {
  it.each(vectors)('is the published one: $name', async (vector) => {
    const signed = `${vector.timestamp}.${vector.payload}`
    expect(hex(await hmacSha256(vector.secret, signed))).toBe(vector.signature)
  })

  it('is what node:crypto makes of any secret and any text', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, texts, async (secret, text) => {
        expect(hex(await hmacSha256(secret, text))).toBe(reference(secret, text))
      }),
    )
  })

  it('is that of a text of any length', async () => {
    for (const length of [0, 55, 56, 63, 64, 65, 4095, 4096, 4097, 20_000]) {
      const text = 'x'.repeat(length)
      expect(hex(await hmacSha256('secret', text))).toBe(reference('secret', text))
    }
  })

  it('is the same for a secret longer than a block of the hash', async () => {
    const secret = 'ключ'.repeat(100)
    expect(hex(await hmacSha256(secret, 'text'))).toBe(reference(secret, 'text'))
  })

  it('is that of its own secret, however many secrets are in use', async () => {
    const many = Array.from({ length: 2500 }, (_, n) => `secret ${n % 1250}`)
    const signatures = await Promise.all(many.map((secret) => hmacSha256(secret, 'text')))
    expect(signatures.map(hex)).toEqual(many.map((secret) => reference(secret, 'text')))
  })

  it('is refused for an empty secret, each time', async () => {
    await expect(hmacSha256('', 'text')).rejects.toThrow()
    await expect(hmacSha256('', 'text')).rejects.toThrow()
  })
})

describe('hexadecimal digits', () => {
  it('are two a byte, in lower case', () => {
    expect(hex(Uint8Array.of(0, 1, 15, 16, 171, 255))).toBe('00010f10abff')
    expect(hex(new Uint8Array())).toBe('')
  })
})
