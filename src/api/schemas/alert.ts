import { z } from '@hono/zod-openapi'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

/** A threshold standing crossed, as answers show it. */
export const alertSchema = z
  .object({
    webhookId: opaqueId.describe('The webhook whose threshold it is.'),
    instance: z
      .string()
      .describe(
        'Id of the instance under watch, else `host:port`; empty where it belongs to none.',
      ),
    event: z.string().describe('The event type that fired.'),
    subject: z.string().describe('What on the instance it is about; empty where it says nothing.'),
    threshold: z.number().describe('The limit when it fired.'),
    value: z.number().describe('The worst reading that was noted last.'),
    peak: z.number().describe('The worst reading while it stands.'),
    since: epochMs('When it fired.'),
    eventId: opaqueId.describe('The event that told the webhook.'),
  })
  .openapi('Alert', {
    description: 'A threshold standing crossed for one webhook.',
    example: {
      webhookId: '018d4f9c-2f00-7000-8000-000000000000',
      instance: '018d4f9c-2f00-7000-8000-000000000003',
      event: 'memory.critical',
      subject: '',
      threshold: 90,
      value: 92.5,
      peak: 96.1,
      since: 1706457600000,
      eventId: '018d4f9c-2f00-7000-8000-000000000002',
    },
  })
