import { z } from '@hono/zod-openapi'
import { severities, tiers } from '../../plugin/event.ts'
import { deliveryStatus } from './delivery.ts'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

/** What happened, as answers show it. */
export const eventSchema = z
  .object({
    id: opaqueId.describe('Opaque; the `id` of the payload too.'),
    type: z.string().describe('Event type.'),
    severity: z.string().describe('How bad it is.'),
    timestamp: epochMs('When it happened.'),
    instance: z
      .object({
        id: z.string().optional().describe('Where it is under watch.'),
        host: z.string().describe('Name or address.'),
        port: z.int().min(1).max(65_535).describe('Port.'),
      })
      .nullable()
      .describe('Null where it belongs to none.'),
    subject: z.string().describe('What on the instance it is about; empty where it says nothing.'),
    data: z.record(z.string(), z.unknown()).describe('As in a payload.'),
    source: z
      .enum(['plugin', 'api', 'service'])
      .describe('Who saw it: a plugin, a client, the service itself.'),
    deliveries: z
      .array(
        z.object({
          id: opaqueId.describe('Id of the delivery.'),
          webhookId: opaqueId.describe('Whom it is owed to.'),
          status: deliveryStatus,
        }),
      )
      .describe('Whom it is owed, or was given, to.'),
  })
  .openapi('Event', {
    description: 'What happened, and whom it is owed to.',
    example: {
      id: '018d4f9c-2f00-7000-8000-000000000002',
      type: 'instance.down',
      severity: 'critical',
      timestamp: 1706457600000,
      instance: { host: 'valkey.example.com', port: 6379 },
      subject: '',
      data: { message: 'Database instance unreachable: Connection refused' },
      source: 'plugin',
      deliveries: [],
    },
  })

/** What became of published events. */
export const publishedSchema = z
  .object({
    accepted: z.int().min(0).describe('How many.'),
    events: z
      .array(
        z.object({
          id: opaqueId.describe('Id of the event.'),
          deliveries: z.int().min(0).describe('To how many webhooks it is owed.'),
        }),
      )
      .describe('In the order of the request.'),
  })
  .openapi('Published', {
    description: 'What became of published events.',
    example: {
      accepted: 1,
      events: [{ id: '018d4f9c-2f00-7000-8000-000000000002', deliveries: 2 }],
    },
  })

/** One event type, as its plugin declares it. */
export const eventTypeSchema = z
  .object({
    type: z.string().describe('Its name.'),
    plugin: z.string().describe('Who declares it.'),
    tier: z.enum(tiers).describe('The least tier that includes it.'),
    severity: z.enum(severities).describe('How bad it is.'),
    summary: z.string().describe('What happened, for people.'),
    threshold: z
      .object({
        key: z.string().describe("Its name in a webhook's `thresholds`."),
        default: z.number().describe('The limit where a webhook sets none.'),
        min: z.number().optional().describe('The least a webhook may set.'),
        max: z.number().optional().describe('The greatest a webhook may set.'),
        unit: z.string().optional().describe('What the number counts.'),
        direction: z.enum(['above', 'below']).describe('Which side of the limit is bad.'),
      })
      .optional()
      .describe('Where each webhook may set a limit of its own.'),
    example: z.record(z.string(), z.unknown()).describe('The `data` of a payload.'),
    schema: z.record(z.string(), z.unknown()).describe('JSON Schema of the `data` of a payload.'),
  })
  .openapi('EventType', {
    description: 'One event type, as its plugin declares it.',
    example: {
      type: 'instance.down',
      plugin: 'health',
      tier: 'community',
      severity: 'critical',
      summary: 'The server does not answer.',
      example: { message: 'Database instance unreachable: Connection refused' },
      schema: { type: 'object' },
    },
  })
