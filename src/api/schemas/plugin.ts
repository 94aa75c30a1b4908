import { z } from '@hono/zod-openapi'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

const missing = z.object({
  name: z.string().describe('A command as ACL rules name it, or what the plugin calls it.'),
  reason: z
    .enum(['denied', 'unsupported', 'off'])
    .describe('Not allowed to this user; unknown to or blocked on this server; turned off there.'),
  message: z.string().describe('What the server answered, where it did.'),
  events: z.array(z.string()).describe('Event types that cannot be seen because of it.'),
  without: z.string().describe('What is lost.'),
  fix: z
    .string()
    .optional()
    .describe('The command that mends it: `ACL SETUSER tocsin +acl|log`. Absent where none does.'),
})

/** A plugin and how its looks go. */
export const pluginSchema = z
  .object({
    name: z.string().describe('Its name.'),
    version: z.string().optional().describe('Its version, where it says one.'),
    events: z.array(z.string()).describe('The event types it declares.'),
    commands: z
      .array(z.string())
      .describe('What it needs on a server, as ACL rules: `+ping`, `+config|get`.'),
    instances: z
      .array(
        z.object({
          id: opaqueId.describe('Id of the instance.'),
          name: z.string().describe('What people call it.'),
          lastLookAt: epochMs('When it was last looked at.').nullable(),
          error: z.string().nullable().describe('What went wrong at the last look.'),
          missing: z.array(missing).describe('What the server does not give it.'),
        }),
      )
      .describe('The instances it looks at.'),
  })
  .openapi('Plugin', {
    description: 'A plugin, what it needs, and how its looks go.',
    example: {
      name: 'memory',
      events: ['memory.critical', 'compliance.alert'],
      commands: ['+info'],
      instances: [],
    },
  })
