import { expect, test } from 'vitest'
import { joinUnions } from '../../../src/api/document/unions.ts'

const env = {
  type: 'object',
  properties: { env: {} },
  required: ['env'],
  additionalProperties: false,
}
const file = { ...env, properties: { file: {} }, required: ['file'] }

test('variants of different types become one schema of several types', () => {
  expect(
    joinUnions({
      description: 'How long.',
      anyOf: [
        { type: 'integer', minimum: 1 },
        { type: 'string', pattern: 's$' },
      ],
    }),
  ).toEqual({ description: 'How long.', type: ['integer', 'string'], minimum: 1, pattern: 's$' })
})

test('null is one of the types', () => {
  expect(joinUnions({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toEqual({
    type: ['string', 'null'],
  })
})

test('unions inside others are joined too', () => {
  const inner = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  expect(joinUnions({ type: 'array', items: inner })).toEqual({
    type: 'array',
    items: { type: ['string', 'null'] },
  })
  expect(joinUnions({ anyOf: [{ type: 'boolean' }, inner] })).toEqual({
    type: ['boolean', 'string', 'null'],
  })
})

test.each([
  [
    'of one type',
    [
      { type: 'string', minLength: 1 },
      { type: 'string', pattern: 'a' },
    ],
  ],
  ['of two kinds of number', [{ type: 'integer' }, { type: 'number' }]],
  ['that name a schema', [{ $ref: '#/components/schemas/A' }, { type: 'null' }]],
  ['with a word about every type', [{ type: 'string', enum: ['a'] }, { type: 'null' }]],
  ['of objects with fields', [{ type: 'object', properties: { a: {} } }, { type: 'null' }]],
])('variants %s stay apart', (_, anyOf) => {
  expect(joinUnions({ anyOf })).toEqual({ anyOf })
})

test('objects of one field each become one object of which one field is given', () => {
  expect(joinUnions({ anyOf: [env, file] })).toEqual({
    type: 'object',
    properties: { env: {}, file: {} },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  })
  expect(joinUnions({ anyOf: [env, env] })).toEqual({ anyOf: [env, env] })
})
