import { z } from '@hono/zod-openapi'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

/** A change as the audit log shows it. */
export const auditSchema = z
  .object({
    id: opaqueId.describe('Opaque.'),
    at: epochMs('When it was done.'),
    actor: z.string().describe('Name of the token, or where the request came from.'),
    tokenId: z.string().nullable().describe('Id of the token, where it has one.'),
    action: z
      .string()
      .describe(
        'The `operationId` of what was done; `signIn`, or `signInRefused` where a client tried too many tokens.',
      ),
    target: z.string().nullable().describe('Id of what it was done to.'),
    fields: z.array(z.string()).describe('Names of the fields that were sent, never a value.'),
    requestId: z.string().nullable().describe('The `X-Request-Id` of the request.'),
  })
  .openapi('AuditEntry', {
    description: 'One change: who made it, of what, and when.',
    example: {
      id: '018d4f9c-2f00-7000-8000-000000000005',
      at: 1706457600000,
      actor: 'ci',
      tokenId: '018d4f9c-2f00-7000-8000-000000000004',
      action: 'patchWebhook',
      target: '018d4f9c-2f00-7000-8000-000000000000',
      fields: ['enabled'],
      requestId: '0f6dd1a5-7b1c-4c0c-9a53-9b1b8e1d6d0a',
    },
  })
