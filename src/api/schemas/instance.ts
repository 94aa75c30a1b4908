import { z } from '@hono/zod-openapi'
import { storable } from '../../rules/text.ts'
import { isPasswordRedacted, redactedPassword, urlFault } from '../instance-url.ts'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

const name = storable(z.string().trim().min(1).max(255))
  .optional()
  .describe('What people call it. Default: `?name=` of the URL, else host and port.')
const labels = z
  .record(storable(z.string().min(1).max(255)), storable(z.string().max(255)))
  .refine((labels) => Object.keys(labels).length <= 50, 'At most 50 labels are kept')
  .optional()
  .describe('For webhooks that select instances by label.')
const enabled = z.boolean().optional().describe('Whether it is looked at. Default true.')
const pollIntervalMs = z
  .int()
  .min(100)
  .max(86_400_000)
  .nullable()
  .optional()
  .describe("Between two looks, in milliseconds. Default, or null: the service's own.")
const url = storable(z.string().trim().min(1).max(2048))
  .superRefine((url, context) => {
    const reason = urlFault(url)
    if (reason !== undefined) context.addIssue(reason)
  })
  .describe(
    '`redis://user:password@host:6379`; `rediss://` for TLS; user and password percent-encoded. `?cluster=discover` watches the other nodes of its cluster, too; `?sentinel=NAME`, at a Sentinel, the primary of that name and its replicas.',
  )
const newUrl = url.refine((url) => !isPasswordRedacted(url), redactedPassword)
const input = { name, labels, enabled, pollIntervalMs }
const exampleUrl = 'redis://monitor:secret@valkey.example.com:6379'

/** A server to watch. */
export const instanceInput = z.strictObject({ url: newUrl, ...input }).openapi('InstanceInput', {
  description: 'A server to watch.',
  example: { name: 'cache', url: exampleUrl, labels: { team: 'payments' } },
})

/** A change: only the fields given. A URL sent back redacted keeps the stored password. */
export const instancePatch = z
  .strictObject({ url: url.optional(), ...input })
  .openapi('InstancePatch', {
    description: 'A change of an instance: only the fields given change.',
    example: { enabled: false },
  })

/** A server to be tried. */
export const probeInput = z
  .strictObject({ url: newUrl })
  .openapi('ProbeInput', { description: 'A server to try.', example: { url: exampleUrl } })

/** What a first look at a server brought. */
export const probeSchema = z
  .object({
    reachable: z.boolean().describe('Whether it answered.'),
    server: z.string().optional().describe('`valkey` or `redis`, where it said so.'),
    version: z.string().optional().describe('Its version, where it said so.'),
    role: z.string().optional().describe('`master` or `slave`, where it said so.'),
    error: z.string().optional().describe('What went wrong.'),
    durationMs: z.number().min(0).describe('How long it took, in milliseconds.'),
  })
  .openapi('Probe', {
    description: 'What a server answered when it was tried.',
    example: { reachable: true, server: 'valkey', version: '9.0.0', role: 'master', durationMs: 3 },
  })

/** A server under watch as answers show it. */
export const instanceSchema = z
  .object({
    id: opaqueId.describe('Opaque.'),
    name: z.string().describe('What people call it.'),
    url: z.string().describe('Where it is, the password redacted.'),
    host: z.string().describe('Name or address.'),
    port: z.int().min(1).max(65_535).describe('Port.'),
    labels: z.record(z.string(), z.string()).describe('For webhooks that select by label.'),
    enabled: z.boolean().describe('Whether it is looked at.'),
    pollIntervalMs: z.int().nullable().describe("Between two looks. Null: the service's own."),
    source: z
      .enum(['environment', 'api', 'discovered'])
      .describe('Who put it here: the list in the environment, a client, or another instance.'),
    discoveredBy: opaqueId
      .nullable()
      .describe('The instance that named it, with `?cluster=discover` or `?sentinel=`; else null.'),
    state: z.enum(['unknown', 'up', 'down']).describe('As of the last look.'),
    server: z.string().nullable().describe('`valkey` or `redis`, once it said so.'),
    version: z.string().nullable().describe('Its version, once it said so.'),
    role: z.string().nullable().describe('`master` or `slave`, once it said so.'),
    lastError: z.string().nullable().describe('What went wrong at the last look.'),
    lastLookAt: epochMs('When it was last looked at.').nullable(),
    lastSeenAt: epochMs('When it last answered.').nullable(),
    createdAt: epochMs('When it was put here.'),
    updatedAt: epochMs('When its settings last changed.'),
  })
  .openapi('Instance', {
    description: 'A Valkey or Redis server under watch.',
    example: {
      id: '018d4f9c-2f00-7000-8000-000000000003',
      name: 'cache',
      url: 'redis://monitor:***@valkey.example.com:6379',
      host: 'valkey.example.com',
      port: 6379,
      labels: { team: 'payments' },
      enabled: true,
      pollIntervalMs: null,
      source: 'api',
      discoveredBy: null,
      state: 'up',
      server: 'valkey',
      version: '9.0.0',
      role: 'master',
      lastError: null,
      lastLookAt: 1706457600000,
      lastSeenAt: 1706457600000,
      createdAt: 1706457600000,
      updatedAt: 1706457600000,
    },
  })
