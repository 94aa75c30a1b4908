import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createApi, createApp } from '../../src/api/app.ts'
import type { Database } from '../../src/store/database.ts'
import { catalog, createService } from '../support/service.ts'

const operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  description: z.string(),
  tags: z.array(z.string()).length(1),
  responses: z.record(z.string(), z.unknown()),
})
const shape = z.looseObject({
  openapi: z.string(),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  webhooks: z.record(z.string(), z.object({ post: operation })),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
})

const db = {} as Database
let text: string
let document: z.infer<typeof shape>
let routes: string[]

beforeAll(async () => {
  const { service } = await createService({ db })
  const response = await createApi(service).fetch(new Request('http://localhost/openapi.json'))
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  text = await response.text()
  document = shape.parse(JSON.parse(text))
  routes = createApp(service).openAPIRegistry.definitions.flatMap((it) =>
    it.type === 'route' ? [`${it.route.method} ${it.route.path}`] : [],
  )
})

const operations = () => [
  ...Object.values(document.paths).flatMap((item) => Object.values(item)),
  ...Object.values(document.webhooks).map(({ post }) => post),
]

const isReference = (value: unknown) => typeof Object(value).$ref === 'string'
const isSchemaOfObject = (value: unknown) =>
  [Object(value).type].flat().includes('object') && 'properties' in Object(value)
const nameOf = (reference: unknown) => String(reference).split('/').at(-1) ?? ''
const fieldsOf = ({ properties = {} }: { properties?: unknown }) =>
  z.record(z.string(), z.looseObject({})).parse(properties)

/** Every value of the document by its JSON pointer. */
function* nodes(value: unknown, at = '#'): Generator<[at: string, value: unknown]> {
  yield [at, value]
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    yield* nodes(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

test('the committed document is this one: `npm run openapi` writes it', async () => {
  const read = async (name: string) =>
    z
      .looseObject({})
      .parse(JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')))
  const { version } = await read('package.json')
  expect(await read('openapi.json')).toEqual({
    ...document,
    info: { ...Object(document.info), version },
  })
})

test('it is OpenAPI 3.1', () => {
  expect(document.openapi).toMatch(/^3\.1\./)
})

test("every route of the contract's table is there", () => {
  expect(routes.toSorted()).toEqual(
    [
      'get /api/webhooks',
      'post /api/webhooks',
      'get /api/webhooks/{id}',
      'put /api/webhooks/{id}',
      'patch /api/webhooks/{id}',
      'delete /api/webhooks/{id}',
      'post /api/webhooks/{id}/test',
      'post /api/webhooks/test',
      'get /api/webhooks/{id}/secret',
      'post /api/webhooks/{id}/rotate-secret',
      'get /api/webhooks/{id}/deliveries',
      'delete /api/webhooks/{id}/deliveries',
      'post /api/webhooks/{id}/replay',
      'post /api/webhooks/{id}/retry',
      'get /api/deliveries/{deliveryId}',
      'get /api/webhooks/deliveries/{deliveryId}',
      'post /api/webhooks/deliveries/{deliveryId}/retry',
      'get /api/webhooks/allowed-events',
      'get /api/webhooks/stats/retry-queue',
      'get /api/instances',
      'post /api/instances',
      'get /api/instances/{id}',
      'patch /api/instances/{id}',
      'delete /api/instances/{id}',
      'post /api/instances/test',
      'post /api/events',
      'get /api/events',
      'get /api/events/{id}',
      'get /api/event-types',
      'get /api/alerts',
      'get /api/consents/{key}',
      'post /api/consents/{key}',
      'get /api/audit',
      'get /api/tokens',
      'post /api/tokens',
      'delete /api/tokens/{id}',
      'get /api/plugins',
      'get /openapi.json',
      'get /docs',
      'get /docs/style.css',
      'get /healthz',
      'get /readyz',
      'get /metrics',
      'get /',
    ].toSorted(),
  )
})

test('every route is described, each operation once', () => {
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  const once = routes.filter((route) => route !== 'get /api/webhooks/deliveries/{deliveryId}')
  expect(described.toSorted()).toEqual(once.toSorted())
})

test('there is one webhook for each event type of the catalogue, and no other', () => {
  expect(Object.keys(document.webhooks)).toEqual([...catalog.events.keys()])
})

test('every reference leads somewhere', () => {
  const known = new Set([...nodes(document)].map(([at]) => at))
  const references = [...nodes(document)].filter(([at]) => at.endsWith('/$ref'))
  expect(references.length).toBeGreaterThan(100)
  expect(references.filter(([, to]) => !known.has(String(to)))).toEqual([])
})

test('operations have unique camel-case names and a tag that is described', () => {
  const ids = operations().map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]*)+$/.test(id))).toEqual([])
  const tags = new Set(document.tags.map(({ name }) => name))
  expect(operations().filter(({ tags: [tag = ''] }) => !tags.has(tag))).toEqual([])
})

test('every problem is a reference, and every answer has a description', () => {
  for (const { responses } of Object.values(document.paths).flatMap((it) => Object.values(it)))
    for (const [status, answer] of Object.entries(responses)) {
      if (/^[45]/.test(status) && !('content' in z.looseObject({}).parse(answer)))
        expect(answer).toEqual({ $ref: expect.stringMatching(/^#\/components\/responses\//) })
      else expect(answer).toHaveProperty('description')
    }
})

test('every body is a named schema, and no object is without a name', () => {
  const all = [...nodes(document)].filter(([at]) => !/\/examples?(\/|$)/.test(at))
  const bodies = all.filter(([at]) => /\/content\/\w+~1(\w+\+)?json\/schema$/.test(at))
  expect(bodies.length).toBeGreaterThan(50)
  expect(bodies.filter(([, schema]) => !isReference(schema))).toEqual([])
  const objects = all.flatMap(([at, value]) =>
    isSchemaOfObject(value) && !/^#\/components\/schemas\/\w+(\/allOf\/\d)?$/.test(at) ? [at] : [],
  )
  expect(objects).toEqual([])
})

test('every named schema and every field of one says what it is', () => {
  const { schemas } = document.components
  const said = (schema: object): boolean =>
    'description' in schema || ('$ref' in schema && said(schemas[nameOf(schema.$ref)] ?? {}))
  const mute = Object.entries(schemas).flatMap(([name, schema]) => [
    ...(said(schema) ? [] : [name]),
    ...Object.entries(fieldsOf(schema)).flatMap(([field, inner]) =>
      said(inner) ? [] : [`${name}.${field}`],
    ),
  ])
  expect(mute).toEqual([])
})

test('every named schema has an example that fits it', () => {
  const { schemas } = document.components
  const local = JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/$defs/')
  const $defs = z.record(z.string(), z.record(z.string(), z.json())).parse(JSON.parse(local))
  const unfit = Object.entries($defs).flatMap(([name, schema]) => {
    // Shown field by field: see `completeExamples`.
    if (/EventType/.test(name)) return []
    const read = z.fromJSONSchema({ ...schema, $defs }).safeParse(schema.example)
    return read.success && schema.example !== undefined ? [] : [`${name}: ${read.error?.message}`]
  })
  expect(unfit).toEqual([])
})

test('any payload is one of the event types, told apart by `event`', () => {
  const { WebhookPayload } = document.components.schemas
  const types = [...catalog.events.keys()]
  expect(WebhookPayload?.oneOf).toHaveLength(types.length)
  expect(WebhookPayload?.discriminator).toMatchObject({ propertyName: 'event' })
  expect(Object.keys(Object(Object(WebhookPayload?.discriminator).mapping))).toEqual(types)
  expect(document.paths['/api/webhooks']?.post).toMatchObject({
    callbacks: { event: { '{$request.body#/url}': { post: { operationId: 'onEvent' } } } },
  })
})

describe('the webhook of an event type', () => {
  test("has seed 1's headers and envelope", () => {
    const { post } = document.webhooks['memory.critical'] ?? {}
    expect(post?.parameters).toEqual(
      [
        'XWebhookSignature',
        'XWebhookTimestamp',
        'XWebhookId',
        'XWebhookDeliveryId',
        'XWebhookEvent',
        'UserAgent',
      ].map((name) => ({ $ref: `#/components/parameters/${name}` })),
    )
    expect(document.components.schemas.MemoryCriticalPayload).toMatchObject({
      properties: {
        event: { const: 'memory.critical' },
        data: { $ref: '#/components/schemas/MemoryCriticalData' },
      },
      required: ['id', 'event', 'timestamp', 'data'],
    })
  })
})

test('it is written once, however often it is asked for', async () => {
  let asked = 0
  const events = new Map(catalog.events)
  const counted = {
    ...catalog,
    events: Object.assign(events, {
      values() {
        asked++
        return Map.prototype.values.call(events)
      },
    }),
  }
  const { service } = await createService({ db }, { catalog: counted })
  const api = createApi(service)
  const ask = async () => (await api.fetch(new Request('http://localhost/openapi.json'))).text()
  expect(asked).toBe(0)
  expect(await ask()).toBe(text)
  expect(await ask()).toBe(text)
  expect(asked).toBe(1)
})

test('it names no secret and no machine', () => {
  expect(text).not.toMatch(/localhost|127\.0\.0\.1|\/home\/|\/work\//)
})
