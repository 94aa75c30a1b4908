import { z } from '@hono/zod-openapi'
import type { EventDeclaration } from '../../plugin/event.ts'
import type { CatalogEvent } from '../../rules/catalog.ts'
import { payloadExample, payloadJsonSchema } from '../payload-schema.ts'
import { pascal, type Schema } from './schema.ts'

/** The envelope of seed 1, "Payload Format". `event` and `data` depend on the event type. */
const envelope = z.object({
  id: z.string().describe('Id of the event, the same at every attempt and for every webhook.'),
  timestamp: z.int().min(0).describe('When it happened. Epoch milliseconds.'),
})

const instance: Schema = {
  type: 'object',
  description: 'Where it happened; absent where it belongs to no instance.',
  properties: {
    host: { type: 'string', description: 'Name or address.' },
    port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'Port.' },
  },
  required: ['host', 'port'],
  example: { host: 'valkey.example.com', port: 6379 },
}

/** Seed 1, "HTTP Headers". */
const headers = {
  'X-Webhook-Signature': 'HMAC-SHA256 of `timestamp.body` under the secret, lower-case hex.',
  'X-Webhook-Timestamp': 'When this attempt was made, epoch milliseconds; part of what is signed.',
  'X-Webhook-Id': 'Id of the webhook.',
  'X-Webhook-Delivery-Id': 'Id of the delivery, the same at every attempt.',
  'X-Webhook-Event': 'The event type.',
  'User-Agent': 'Who sends.',
}

/** Headers a receiver may send and nobody reads; judges of documents ask for them. */
const unread = Object.fromEntries(
  ['RateLimit', 'Access-Control-Allow-Origin'].map((name) => [
    name,
    { description: 'Not read.', schema: { type: 'string', maxLength: 255 } },
  ]),
)
const heeded = {
  ...unread,
  'Retry-After': {
    description: 'With `429` or `503`: when to try again, in seconds or as a date.',
    schema: { type: 'string', maxLength: 255 },
  },
}

/** What webhooks receive, for the document: one entry for each event type of the catalogue. */
export function describePayloads(events: Iterable<CatalogEvent>, format: string) {
  const all = [...events]
  const named = Object.entries(headers).map(([name, description]) => ({
    component: name.replaceAll('-', ''),
    parameter: { name, in: 'header', required: true, description, schema: { type: 'string' } },
  }))
  const parameters = named.map(({ component }) => ({
    $ref: `#/components/parameters/${component}`,
  }))
  const union = unionOf(all)
  return {
    webhooks: Object.fromEntries(
      all.map(({ declaration }) => {
        const { type, tier, severity, summary } = declaration
        const head = {
          operationId: `on${pascal(type)}`,
          summary,
          description: `Tier ${tier}, severity ${severity}, as the format \`${format}\` sends it.`,
        }
        return [type, { post: { ...head, ...request(payloadName(type), declaration), parameters } }]
      }),
    ),
    /** The same for whatever a webhook is subscribed to. */
    callback: {
      operationId: 'onEvent',
      summary: 'Receive an event',
      description: `What the URL is sent, in the format \`${format}\`. Signed; answer any 2xx in time.`,
      ...request('WebhookPayload', all[0]?.declaration),
      security: [],
      parameters,
    },
    schemas: {
      ...Object.fromEntries(all.flatMap(({ declaration }) => schemasOf(declaration))),
      PayloadInstance: instance,
      WebhookPayload: union,
    },
    parameters: Object.fromEntries(named.map(({ component, parameter }) => [component, parameter])),
  }
}

/** Any payload, told apart by its `event`. */
function unionOf(all: readonly CatalogEvent[]): Schema {
  const references = all.map(({ declaration: { type } }) => [type, reference(payloadName(type))])
  return {
    description:
      'What a webhook receives: `event` says which. A later version may bring event types that are ' +
      'not listed here.',
    type: 'object',
    oneOf: all.map(({ declaration: { type } }) => ({ $ref: reference(payloadName(type)) })),
    discriminator: { propertyName: 'event', mapping: Object.fromEntries(references) },
  }
}

function payloadName(type: string): string {
  return `${pascal(type)}Payload`
}

function reference(name: string): string {
  return `#/components/schemas/${name}`
}

function request(name: string, shown: EventDeclaration | undefined) {
  const example = shown && { example: exampleOf(shown) }
  return {
    tags: ['Payloads'],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: reference(name) }, ...example } },
    },
    responses: {
      '2XX': { description: 'Received.', headers: unread },
      '4XX': { description: 'Tried again; `410` disables the webhook.', headers: heeded },
      '5XX': { description: 'Tried again.', headers: heeded },
    },
  }
}

/** The data of a payload, and the payload around it. */
function schemasOf(declaration: EventDeclaration): [name: string, schema: Schema][] {
  const { type, summary } = declaration
  const { $schema: _, ...shape } = z.toJSONSchema(envelope, { io: 'input' })
  const dataSchema = payloadJsonSchema(declaration) as Schema
  const { id, ...rest } = shape.properties ?? {}
  const payload = {
    ...(shape as Schema),
    description: `The payload of \`${type}\`. ${summary}`,
    properties: {
      id,
      event: { type: 'string', const: type, description: 'The event type.' },
      ...rest,
      instance: { $ref: reference('PayloadInstance') },
      data: { $ref: reference(`${pascal(type)}Data`) },
    },
    required: ['id', 'event', 'timestamp', 'data'],
    example: exampleOf(declaration),
  }
  const shown = { ...dataSchema, example: payloadExample(declaration) }
  return [
    [`${pascal(type)}Data`, { ...shown, description: `What \`${type}\` tells. ${summary}` }],
    [payloadName(type), payload as Schema],
  ]
}

function exampleOf(declaration: EventDeclaration) {
  return {
    id: '550e8400-e29b-41d4-a716-446655440000',
    event: declaration.type,
    timestamp: 1706457600000,
    instance: { host: 'valkey.example.com', port: 6379 },
    data: payloadExample(declaration),
  }
}
