import { z } from '@hono/zod-openapi'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

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
        }),
      )
      .describe('The instances it looks at.'),
  })
  .openapi('Plugin', {
    example: {
      name: 'memory',
      events: ['memory.critical', 'compliance.alert'],
      commands: ['+info'],
      instances: [],
    },
  })
