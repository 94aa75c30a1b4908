import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameDigest, sha256 } from '../../src/rules/digest.ts'
import { anyText } from '../support/any-text.ts'

describe('a digest', () => {
  it('is the SHA-256 of the text in lower-case hexadecimal (FIPS 180-4)', async () => {
    expect(await sha256('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(await sha256('')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })

  it('is what any other implementation makes of the UTF-8 of any text', async () => {
    await fc.assert(
      fc.asyncProperty(anyText(), async (text) => {
        expect(await sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
      }),
    )
  })
})

it('says that digests are the same where every digit is', async () => {
  const digest = await sha256('a')
  expect(sameDigest(digest, await sha256('a'))).toBe(true)
  for (const other of [await sha256('b'), digest.slice(1), `${digest}0`, ''])
    expect(sameDigest(digest, other)).toBe(false)
})
