import { expect, test } from 'vitest'
import { nameSchemas } from '../../../src/api/document/names.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const field = { type: 'object', properties: { id: { type: 'string' } } }

test('what the fields and lists of a schema hold is named after them', () => {
  const deliveries = { type: 'array', description: 'Whom it went to.', items: field }
  const { schemas } = nameSchemas(
    {},
    {
      Event: {
        type: 'object',
        properties: { instance: { ...field, description: 'Where.' }, deliveries },
      },
    },
  )
  expect(schemas).toEqual({
    Event: {
      type: 'object',
      properties: {
        instance: ref('EventInstance'),
        deliveries: { ...deliveries, items: ref('EventDelivery') },
      },
    },
    EventInstance: { ...field, description: 'Where.' },
    EventDelivery: { ...field, description: 'Whom it went to.' },
  })
})

test('the same schema keeps its one name, whatever the order of its words', () => {
  const { schemas } = nameSchemas(
    {},
    {
      Place: { ...field, description: 'A place.' },
      A: { properties: { at: { properties: field.properties, type: 'object' } } },
    },
  )
  expect(Object.keys(schemas)).toEqual(['Place', 'A'])
  expect(schemas.A?.properties?.at).toEqual(ref('Place'))
})

test('variants are named after what tells them apart', () => {
  const variant = (type: string) => ({ type: 'object', properties: { type: { const: type } } })
  const { schemas } = nameSchemas({}, { Auth: { oneOf: [variant('Basic'), variant('Bearer')] } })
  expect(schemas.Auth?.oneOf).toEqual([ref('AuthBasic'), ref('AuthBearer')])
})

test('a name that is taken gets a number', () => {
  const { schemas } = nameSchemas(
    {},
    { A: { properties: { b: field } }, AB: { type: 'object', properties: {} } },
  )
  expect(schemas.A?.properties?.b).toEqual(ref('AB2'))
})

test('bodies are named after their operation', () => {
  const list = { type: 'array', items: ref('A') }
  const { document, schemas } = nameSchemas(
    {
      paths: {
        '/a': {
          get: {
            operationId: 'listThings',
            parameters: [{ schema: { type: 'string' } }],
            responses: {
              200: { content: { 'application/json': { schema: list, example: [{ schema: {} }] } } },
            },
          },
        },
      },
    },
    { A: field },
  )
  expect(schemas.ListThingsAnswer).toEqual(list)
  expect(document).toMatchObject({
    paths: {
      '/a': {
        get: {
          parameters: [{ schema: { type: 'string' } }],
          responses: {
            200: {
              content: {
                'application/json': { schema: ref('ListThingsAnswer'), example: [{ schema: {} }] },
              },
            },
          },
        },
      },
    },
  })
})

test('the example of a schema is handed on to what it holds', () => {
  const { schemas } = nameSchemas(
    {},
    { A: { properties: { bs: { type: 'array', items: field } }, example: { bs: [{ id: 'x' }] } } },
  )
  expect(schemas.AB?.example).toEqual({ id: 'x' })
})
