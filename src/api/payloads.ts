import { z } from '@hono/zod-openapi'
import type { EventDeclaration } from '../plugin/event.ts'
import type { CatalogEvent } from '../rules/catalog.ts'
import { payloadExample, payloadJsonSchema } from './payload-schema.ts'

/** The envelope of seed 1, "Payload Format". `event` and `data` depend on the event type. */
const envelope = z.object({
  id: z.string().describe('Id of the event, the same at every attempt and for every webhook.'),
  timestamp: z.int().min(0).describe('When it happened. Epoch milliseconds.'),
  instance: z
    .object({
      host: z.string().describe('Name or address.'),
      port: z.int().min(1).max(65_535).describe('Port.'),
    })
    .optional()
    .describe('Where it happened; absent where it belongs to no instance.'),
})

/** Seed 1, "HTTP Headers". */
const headers = {
  'X-Webhook-Signature': 'HMAC-SHA256 of `timestamp.body` under the secret, lower-case hex.',
  'X-Webhook-Timestamp': 'When this attempt was made, epoch milliseconds; part of what is signed.',
  'X-Webhook-Id': 'Id of the webhook.',
  'X-Webhook-Delivery-Id': 'Id of the delivery, the same at every attempt.',
  'X-Webhook-Event': 'The event type.',
  'User-Agent': 'Who sends.',
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
  return {
    webhooks: Object.fromEntries(
      all.map(({ declaration }) => [
        declaration.type,
        { post: { ...describe(declaration, format), parameters } },
      ]),
    ),
    schemas: Object.fromEntries(all.flatMap(({ declaration }) => schemasOf(declaration))),
    parameters: Object.fromEntries(named.map(({ component, parameter }) => [component, parameter])),
  }
}

function describe(declaration: EventDeclaration, format: string) {
  const { type, tier, severity, summary } = declaration
  const schema = { $ref: `#/components/schemas/${pascal(type)}Payload` }
  return {
    operationId: `on${pascal(type)}`,
    tags: ['Payloads'],
    summary,
    description: `Tier ${tier}, severity ${severity}, as the format \`${format}\` sends it.`,
    requestBody: {
      required: true,
      content: { 'application/json': { schema, example: exampleOf(declaration) } },
    },
    responses: {
      '2XX': { description: 'Received. Anything else, or no answer in time, is tried again.' },
    },
  }
}

/** The data of a payload, and the payload around it. */
function schemasOf(declaration: EventDeclaration): [name: string, schema: object][] {
  const { type } = declaration
  const { $schema: _, ...shape } = z.toJSONSchema(envelope, { io: 'input' })
  const { id, ...rest } = shape.properties ?? {}
  const payload = {
    ...shape,
    properties: {
      id,
      event: { type: 'string', const: type, description: 'The event type.' },
      ...rest,
      data: { $ref: `#/components/schemas/${pascal(type)}Data` },
    },
    required: ['id', 'event', 'timestamp', 'data'],
    example: exampleOf(declaration),
  }
  return [
    [`${pascal(type)}Data`, payloadJsonSchema(declaration)],
    [`${pascal(type)}Payload`, payload],
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

function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
