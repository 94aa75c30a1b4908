import { expect, test } from 'vitest'
import { boundSchema } from '../../../src/api/document/bounds.ts'

const most = 5 * 1024 * 1024
const { MIN_SAFE_INTEGER: least, MAX_SAFE_INTEGER: greatest } = Number

test.each([
  [{ type: 'string' }, { maxLength: most }],
  [{ type: ['string', 'null'] }, { maxLength: most }],
  [{ type: 'array' }, { maxItems: most }],
  [{ type: 'object' }, { maxProperties: most }],
  [{ type: 'number' }, { format: 'double' }],
  [{ type: 'integer' }, { minimum: least, maximum: greatest, format: 'int64' }],
  [{ type: 'integer', minimum: 0, maximum: 20 }, { format: 'int32' }],
  [
    { type: 'integer', exclusiveMinimum: 0 },
    { minimum: 1, maximum: greatest, format: 'int64' },
  ],
])('%j is given its bounds', (schema, bounds) => {
  expect(boundSchema(schema)).toEqual({ ...schema, ...bounds })
})

test.each([
  { type: 'string', maxLength: 3 },
  { type: 'string', enum: ['a'] },
  { type: 'integer', const: 1 },
  { type: 'array', maxItems: 2 },
  { type: 'object', properties: {} },
  { type: 'object', additionalProperties: false },
  { type: 'boolean' },
  { $ref: '#/components/schemas/A' },
])('%j has what it needs', (schema) => {
  expect(boundSchema(schema)).toEqual(schema)
})

test('what is inside a schema is bounded too', () => {
  expect(boundSchema({ properties: { a: { type: 'string' } } })).toEqual({
    properties: { a: { type: 'string', maxLength: most } },
  })
})
