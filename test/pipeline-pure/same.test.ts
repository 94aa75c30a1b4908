import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSame } from '../../src/pipeline/same.ts'

test('a JSON value is the same as a copy of it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      expect(isSame(value, structuredClone(value))).toBe(true)
    }),
  )
})

test('two JSON values are the same where their texts are', () => {
  const small = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ min: 0, max: 1 }))
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      small,
      fc.array(tie('value'), { maxLength: 2 }),
      fc.record({ a: tie('value'), b: tie('value') }),
    ),
  })).value
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      expect(isSame(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
  )
})

test('members that are undefined are none, as in JSON, and their order is no difference', () => {
  expect(isSame({ a: 1, b: undefined }, { a: 1 })).toBe(true)
  expect(isSame({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true)
  expect(isSame({ a: 1 }, { b: 1 })).toBe(false)
  expect(isSame([], {})).toBe(false)
})
