import { z } from '@hono/zod-openapi'
import { webhookSchemas } from '../../rules/webhook-schema.ts'
import type { Service } from '../service.ts'

/** A webhook as the document shows it: what must be given. */
export const { example } = {
  example: {
    name: 'Production Alerts',
    url: 'https://api.example.com/webhooks/valkey',
    events: ['instance.down', 'instance.up', 'memory.critical'],
  },
}

/** What clients send as a webhook. */
export function createWebhookInputs({ catalog, formats, policy, resolve }: Service) {
  const [defaultFormat, ...otherFormats] = formats.all
  const { create, update } = webhookSchemas({
    catalog,
    policy,
    formats: [defaultFormat.name, ...otherFormats.map(({ name }) => name)],
    resolve,
    named: (name, schema) => schema.openapi(name),
  })
  const event = z
    .enum([...catalog.events.keys()])
    .optional()
    .describe('Whose example is sent. Default: the first subscribed event.')
  return {
    create: create.openapi('WebhookInput', {
      description: 'A new webhook; what is left out has its default.',
      example,
    }),
    update: update.openapi('WebhookPatch', {
      description: 'A change of a webhook: only the fields given change, and null takes one away.',
      example: { enabled: false },
    }),
    trial: z.strictObject({ ...create.shape, event }).openapi('WebhookTrial', {
      description: 'A webhook that is tested and not kept.',
      example: { ...example, event: 'instance.down' },
    }),
    test: z
      .strictObject({
        event,
        changes: update
          .optional()
          .describe('The webhook as it would be after this change, which is not saved.'),
      })
      .openapi('TestInput', {
        description: 'What a test request shows.',
        example: { event: 'instance.down' },
      }),
  }
}
export type WebhookInputs = ReturnType<typeof createWebhookInputs>
