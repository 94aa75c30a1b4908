import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVault } from '../../src/rules/vault.ts'
import { anyText } from '../support/any-text.ts'

const key = Uint8Array.from({ length: 32 }, (_, n) => n)
const otherKey = key.map((byte) => byte ^ 1)
const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

describe('a vault with a key', () => {
  it('opens what it sealed, whatever it is', async () => {
    const vault = await createVault(key)
    const anew = await createVault(key)
    await fc.assert(
      fc.asyncProperty(anyText(), async (text) => {
        expect(await anew.open(await vault.seal(text))).toBe(text)
      }),
    )
  })

  it.each(['', 'пароль 日本語 🚨', '\ufeffmarked', 'open:secret', 'sealed:1:secret', 'a\u0000b'])(
    'opens %j as it was',
    async (text) => {
      const sealed = await (await createVault(key)).seal(text)
      expect(await (await createVault(key)).open(sealed)).toBe(text)
    },
  )

  it('opens a value again and again', async () => {
    const vault = await createVault(key)
    const sealed = await vault.seal(secret)
    expect([await vault.open(sealed), await vault.open(sealed)]).toEqual([secret, secret])
  })

  it('shows nothing of a secret in what it stores', async () => {
    const sealed = await (await createVault(key)).seal(secret)
    expect(sealed).toMatch(/^sealed:1:[A-Za-z0-9+/=]+$/)
    expect(sealed).not.toContain('whsec_')
    expect(sealed).not.toContain(btoa(secret).slice(0, 8))
  })

  it('seals the same secret differently each time', async () => {
    const vault = await createVault(key)
    const sealed = await Promise.all(Array.from({ length: 50 }, () => vault.seal(secret)))
    expect(new Set(sealed).size).toBe(50)
    expect(new Set(sealed.map((stored) => stored.slice(0, 25))).size).toBe(50)
  })

  it('opens what was stored before there was a key', async () => {
    const stored = await (await createVault()).seal(secret)
    expect(await (await createVault(key)).open(stored)).toBe(secret)
  })

  it('does not open what another key sealed, and says what to do', async () => {
    const sealed = await (await createVault(otherKey)).seal(secret)
    const vault = await createVault(key)
    await expect(vault.open(sealed)).rejects.toThrow(/ENCRYPTION_KEY is not the key/)
    await expect(vault.open(sealed)).rejects.toThrow(/ENCRYPTION_KEY is not the key/)
  })

  it('does not open what was changed, at any place', async () => {
    const vault = await createVault(key)
    const sealed = await vault.seal(secret)
    const body = 'sealed:1:'.length
    // The last digits of base64 hold bits that count for nothing.
    const places = fc.integer({ min: body, max: sealed.replace(/=+$/, '').length - 2 })
    await fc.assert(
      fc.asyncProperty(places, fc.constantFrom(...'AZaz09+/'), async (at, digit) => {
        fc.pre(sealed[at] !== digit)
        const changed = sealed.slice(0, at) + digit + sealed.slice(at + 1)
        await expect(vault.open(changed)).rejects.toThrow(/cannot be decrypted/)
      }),
    )
  })

  it.each(['sealed:1:', 'sealed:1:AAAA', 'sealed:1:%%%%', 'sealed:1:AAAAAAAAAAAAAAAA'])(
    'does not open %j, which is cut short or no base64',
    async (stored) => {
      await expect((await createVault(key)).open(stored)).rejects.toThrow(/cannot be decrypted/)
    },
  )

  it.each(['sealed:2:AAAA', 'whsec_abc123', ''])(
    'does not open %j, which no version stored',
    async (stored) => {
      await expect((await createVault(key)).open(stored)).rejects.toThrow(/does not know/)
    },
  )

  it('names no secret and nothing stored in what it refuses', async () => {
    const sealed = await (await createVault(otherKey)).seal(secret)
    const error: unknown = await (await createVault(key)).open(sealed).catch((it) => it)
    expect(String(error)).not.toContain(secret)
    expect(String(error)).not.toContain(sealed.slice(9, 25))
  })
})

describe('a vault with previous keys', () => {
  const oldest = key.map((byte) => byte ^ 2)

  it('opens what any of its keys sealed, and seals with the present one only', async () => {
    const vault = await createVault(key, undefined, [otherKey, oldest])
    for (const former of [key, otherKey, oldest])
      expect(await vault.open(await (await createVault(former)).seal(secret))).toBe(secret)
    expect(await (await createVault(key)).open(await vault.seal(secret))).toBe(secret)
  })

  it('stores anew what another key sealed, or none, and leaves the rest as it is', async () => {
    const vault = await createVault(key, undefined, [otherKey])
    const present = await createVault(key)
    for (const former of [await createVault(otherKey), await createVault()]) {
      const stored = await former.seal(secret)
      const anew = await vault.reseal(stored)
      expect(anew).not.toBe(stored)
      expect(await present.open(anew)).toBe(secret)
    }
    for (const stored of [await present.seal(secret), 'env:NAME', 'file:/run/secrets/hook'])
      expect(await vault.reseal(stored)).toBe(stored)
  })

  it('does not store anew what no key opens', async () => {
    const stored = await (await createVault(oldest)).seal(secret)
    const vault = await createVault(key, undefined, [otherKey])
    await expect(vault.reseal(stored)).rejects.toThrow(/Add that key to ENCRYPTION_KEY_PREVIOUS/)
  })
})

describe('a vault without a key', () => {
  it('leaves what it stored as it is', async () => {
    const vault = await createVault()
    const stored = await vault.seal(secret)
    expect(await vault.reseal(stored)).toBe(stored)
  })

  it('gives back what was stored with none', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(), async (text) => {
        const stored = await (await createVault()).seal(text)
        expect(await (await createVault()).open(stored)).toBe(text)
      }),
    )
  })

  it('does not open what a key sealed, and says to set it', async () => {
    const sealed = await (await createVault(key)).seal(secret)
    await expect((await createVault()).open(sealed)).rejects.toThrow(
      'A stored secret is encrypted: set ENCRYPTION_KEY to the key it was stored with.',
    )
  })
})

describe('a key', () => {
  it('of a length that AES does not know is refused', async () => {
    await expect(createVault(key.slice(0, 31))).rejects.toThrow()
  })
})
