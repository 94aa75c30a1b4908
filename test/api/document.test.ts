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

/** Every value of the document by its JSON pointer. */
function* nodes(value: unknown, at = '#'): Generator<[at: string, value: unknown]> {
  yield [at, value]
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    yield* nodes(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

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
      'get /api/audit',
      'get /api/tokens',
      'post /api/tokens',
      'delete /api/tokens/{id}',
      'get /api/plugins',
      'get /openapi.json',
      'get /healthz',
      'get /readyz',
      'get /',
    ].toSorted(),
  )
})

test('every route is described', () => {
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  expect(described.toSorted()).toEqual(routes.toSorted())
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
  for (const { responses } of operations())
    for (const [status, answer] of Object.entries(responses)) {
      if (/^[45]/.test(status) && !('content' in z.looseObject({}).parse(answer)))
        expect(answer).toEqual({ $ref: expect.stringMatching(/^#\/components\/responses\//) })
      else expect(answer).toHaveProperty('description')
    }
})

test('every field of a named schema says what it is', () => {
  const fields = Object.entries(document.components.schemas)
    .filter(([name]) => !name.endsWith('Data'))
    .flatMap(([name, { properties }]) =>
      Object.entries(
        z.record(z.string(), z.looseObject({})).optional().parse(properties) ?? {},
      ).map(([field, schema]) => [`${name}.${field}`, schema] as const),
    )
  const mute = fields.filter(([, it]) => !('description' in it || '$ref' in it || 'enum' in it))
  expect(mute.map(([field]) => field)).toEqual([])
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

  test.each([...catalog.events.keys()])('%s has an example that fits its schema', (type) => {
    const name = type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase())
    const { [`${name}Data`]: data, [`${name}Payload`]: payload } = document.components.schemas
    const whole = {
      ...payload,
      properties: { ...z.looseObject({}).parse(payload?.properties), data },
    }
    const schema = z.fromJSONSchema(z.record(z.string(), z.json()).parse(whole))
    expect(schema.safeParse(payload?.example).error).toBeUndefined()
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
