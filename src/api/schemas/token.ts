import { z } from '@hono/zod-openapi'
import { scopeNames, scopes } from '../../rules/scope.ts'
import { storable } from '../../rules/text.ts'
import { bodyMoment, epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

const scope = z.enum(scopeNames).openapi({
  description: Object.entries(scopes)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
    .join(' '),
  example: 'read',
})

/** A token to be made. */
export const tokenInput = z
  .strictObject({
    name: storable(z.string().trim().min(1).max(255)).describe('What people call it.'),
    scopes: z
      .array(scope)
      .min(1)
      .max(scopeNames.length)
      .transform((given) => [...new Set(given)])
      .describe('What it may do.'),
    expiresAt: bodyMoment('When it ends. Default: never.').nullable().optional(),
  })
  .openapi('TokenInput', {
    description: 'A token to make.',
    example: { name: 'ci', scopes: ['publish'] },
  })

const fields = {
  id: opaqueId.describe('Opaque.'),
  name: z.string().max(255).describe('What people call it.'),
  hint: z.string().max(64).describe('Its first characters.'),
  source: z
    .enum(['environment', 'api', 'cli'])
    .describe('Who made it: `TOCSIN_TOKEN`, a client, or the command line.'),
  scopes: z.array(scope).describe('What it may do.'),
  expiresAt: epochMs('When it ends; null: never.').nullable(),
  lastUsedAt: epochMs('When it was last used, to the minute.').nullable(),
  createdAt: epochMs('When it was made.'),
}
const example = {
  id: '018d4f9c-2f00-7000-8000-000000000004',
  name: 'ci',
  hint: 'toc_3f9Qk…',
  source: 'api',
  scopes: ['publish'],
  expiresAt: null,
  lastUsedAt: 1706457600000,
  createdAt: 1706457600000,
} as const

/** A token as lists show it: without its secret, of which only a hash is kept. */
export const tokenSchema = z.object(fields).openapi('Token', {
  description: 'An API token, without its secret.',
  example: { ...example, scopes: ['publish'] },
})

/** A token as it is shown once. */
export const newTokenSchema = z
  .object({ ...fields, token: z.string().max(255).describe('The token itself, shown this once.') })
  .openapi('NewToken', {
    description: 'A token just made: its secret is shown here and nowhere else.',
    example: {
      ...example,
      scopes: ['publish'],
      token: 'toc_3f9Qk0i9Zc1mPZ0lXq7oBv5RkqE8Jb2s7dW4uYt6nGA',
    },
  })
