import { expect, test } from 'vitest'
import { generateToken, tokenHint } from '../../src/rules/token.ts'

test('a token is toc_ and 256 random bits, fit for a header and a URL', () => {
  expect(generateToken()).toMatch(/^toc_[\w-]{43}$/)
  expect(generateToken()).not.toBe(generateToken())
  expect(generateToken((bytes) => bytes.fill(255))).toBe(`toc_${'_'.repeat(42)}8`)
})

test('of a long token nine characters are shown, of one that could be guessed none', () => {
  expect(tokenHint('toc_3f9Qk0i9Zc1mPZ0lXq7oBv5RkqE8Jb2s7dW4uYt6nGA')).toBe('toc_3f9Qk…')
  expect(tokenHint('hunter2')).toBe('…')
})
