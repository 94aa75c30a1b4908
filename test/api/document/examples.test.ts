import { expect, test } from 'vitest'
import { addExamples, completeExamples, exampleOf } from '../../../src/api/document/examples.ts'

test.each([
  [{ type: 'string', example: 'own' }, 'own'],
  [{ type: 'string', default: 'usual' }, 'usual'],
  [{ const: 'only' }, 'only'],
  [{ enum: ['first', 'second'] }, 'first'],
  [{ type: 'string' }, 'text'],
  [{ type: 'string', format: 'email' }, 'ops@example.com'],
  [{ type: 'integer', minimum: 100 }, 100],
  [{ type: 'integer', minimum: -5 }, 1],
  [{ type: ['boolean', 'null'] }, true],
  [{ type: 'null' }, null],
  [{ type: 'array', items: { type: 'integer' } }, [1]],
  [{ type: 'array' }, []],
  [{ anyOf: [{ type: 'string', pattern: '^x{32}$' }, { type: 'boolean' }] }, true],
  [
    { type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] },
    { a: 'text' },
  ],
  [{ type: 'object', properties: { a: { type: 'string' } }, minProperties: 1 }, { a: 'text' }],
  [{ type: 'object', properties: { a: { type: 'string' } } }, {}],
  [{ $ref: '#/components/schemas/A' }, { from: 'A' }],
])('%j is shown as %j', (schema, example) => {
  expect(exampleOf(schema, { A: { example: { from: 'A' } } })).toEqual(example)
})

test('values with an `example` of their own are shown field by field', () => {
  const A = { properties: { example: {}, type: {} }, example: { example: 1, type: 'a' } }
  const { A: shown, List } = completeExamples({
    A,
    List: { type: 'array', items: { $ref: '#/components/schemas/A' } },
  })
  expect(shown).toEqual({ properties: { example: { example: 1 }, type: { example: 'a' } } })
  expect(List).not.toHaveProperty('example')
})

test('bodies show the example of their schema, and keep one of their own', () => {
  const schema = { $ref: '#/components/schemas/A' }
  const content = () => ({ 'application/json': { schema } })
  const own = { 'application/json': { schema, example: 'own' } }
  const get = { requestBody: { content: content() }, responses: { 200: { content: own } } }
  addExamples({ '/a': { get } }, { A: { example: 'shown' } })
  expect(get.requestBody.content['application/json']).toEqual({ schema, example: 'shown' })
  expect(own['application/json'].example).toBe('own')
})
