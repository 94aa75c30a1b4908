import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateSecret, isRedacted, looksRedacted, redactSecret } from '../../src/rules/secret.ts'

describe('a generated secret', () => {
  it('is whsec_ and the base64 of 32 bytes', () => {
    expect(generateSecret((bytes) => bytes.map((_, n) => n))).toBe(
      'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    )
  })

  it('is random by default', () => {
    const secrets = new Set(Array.from({ length: 100 }, () => generateSecret()))
    expect(secrets.size).toBe(100)
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(atob(secret.slice(6))).toHaveLength(32)
    }
  })
})

describe('a secret in an answer', () => {
  it.each([
    ['whsec_abc123', 'whsec_abc1***'],
    ['whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'whsec_AAEC***'],
    ['your-secret-key', 'your***'],
    ['12345678', '1234***'],
    ['1234567', '12***'],
    ['abc', 'ab***'],
  ])('%s is shown as %s', (secret, shown) => {
    expect(redactSecret(secret)).toBe(shown)
  })

  it.each([
    ['ab', '***'],
    ['', '***'],
    ['whsec_abcd', 'whse***'],
    ['whsec_', 'wh***'],
  ])('%j is too short to be cut after it, so it shows %s', (secret, shown) => {
    expect(redactSecret(secret)).toBe(shown)
  })

  it('is cut between characters, never inside one', () => {
    expect(redactSecret('🚨🚨🚨🚨🚨🚨🚨🚨')).toBe('🚨🚨🚨🚨***')
  })

  it('never shows all of itself', () => {
    const secrets = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.string().map((rest) => `whsec_${rest}`),
    )
    fc.assert(
      fc.property(secrets, (secret) => {
        const shown = redactSecret(secret)
        expect(shown.endsWith('***')).toBe(true)
        expect(secret.startsWith(shown.slice(0, -3))).toBe(true)
        expect(shown.length - 3).toBeLessThan(secret.length)
      }),
    )
  })
})

describe('a value sent back', () => {
  it('is known as the redacted form of that secret only', () => {
    expect(isRedacted('whsec_abc1***', 'whsec_abc123')).toBe(true)
    expect(isRedacted('whsec_abc1***', 'whsec_xyz123')).toBe(false)
    expect(isRedacted('whsec_abc123', 'whsec_abc123')).toBe(false)
  })

  it('looks redacted when it ends in three stars', () => {
    expect(looksRedacted('your***')).toBe(true)
    expect(looksRedacted('your-secret-key')).toBe(false)
    expect(looksRedacted('***your')).toBe(false)
  })
})
