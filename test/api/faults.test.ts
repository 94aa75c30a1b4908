import { expect, test } from 'vitest'
import { z } from 'zod'
import { faultsOf, pointerTo } from '../../src/api/faults.ts'

function faults(schema: z.ZodType, value: unknown, prefix?: readonly string[]) {
  const issues = schema.safeParse(value).error?.issues ?? []
  return faultsOf(issues, value, prefix)
}

test('a pointer escapes what RFC 6901 says, in its order', () => {
  expect(pointerTo([])).toBe('')
  expect(pointerTo(['a', 0, 'b'])).toBe('/a/0/b')
  expect(pointerTo(['a/b', '~', '~1', ''])).toBe('/a~1b/~0/~01/')
})

test('a field that is missing is required, one of the wrong type is not missing', () => {
  const schema = z.object({ a: z.object({ b: z.string(), c: z.string() }) })
  expect(faults(schema, { a: { c: 7 } })).toEqual([
    { pointer: '/a/b', message: 'It is required' },
    { pointer: '/a/c', message: 'Invalid input: expected string, received number' },
  ])
})

test('a number with decimals is told what is wrong with it', () => {
  expect(faults(z.object({ n: z.int() }), { n: 1.5 })).toEqual([
    { pointer: '/n', message: 'It must be a whole number' },
  ])
})

test('each unknown field is a fault of its own', () => {
  const schema = z.object({ a: z.strictObject({}) })
  expect(faults(schema, { a: { x: 1, 'y/z': 2 } })).toEqual([
    { pointer: '/a/x', message: '"x" is not a known field; remove it' },
    { pointer: '/a/y~1z', message: '"y/z" is not a known field; remove it' },
  ])
})

test('a prefix leads to where the value stands', () => {
  expect(faults(z.object({ limit: z.string() }), {}, ['query'])).toEqual([
    { pointer: '/query/limit', message: 'It is required' },
  ])
})
