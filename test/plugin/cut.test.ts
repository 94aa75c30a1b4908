import fc from 'fast-check'
import { cut } from 'tocsin/plugin'
import { expect, test } from 'vitest'
import { anyText } from '../support/any-text.ts'

test('what fits stays as it is', () => {
  expect(cut('abc', 3)).toBe('abc')
  expect(cut('🚨🚨', 2)).toBe('🚨🚨')
})

test('what does not is cut between characters and ends in an ellipsis', () => {
  expect(cut('abcdef', 4)).toBe('abc…')
  expect(cut('🚨🚨🚨', 2)).toBe('🚨…')
  expect(cut('one two', 5)).toBe('one…')
  expect(cut('abc', 0)).toBe('')
})

test('another measure may count: UTF-16 units, or bytes', () => {
  expect(cut('🚨🚨🚨', 5, (text) => text.length)).toBe('🚨🚨…')
  expect(cut('ééé', 5, (text) => new TextEncoder().encode(text).length)).toBe('é…')
})

test('it never is longer than allowed, nor holds half of a character', () => {
  fc.assert(
    fc.property(anyText(), fc.nat(40), (text, most) => {
      const short = cut(text, most)
      expect(Array.from(short).length).toBeLessThanOrEqual(most)
      expect(/\p{Surrogate}/u.test(short)).toBe(false)
      expect(text.startsWith(short.replace(/…$/, ''))).toBe(true)
    }),
  )
})
