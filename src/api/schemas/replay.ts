import { z } from '@hono/zod-openapi'
import type { Catalog } from '../../rules/catalog.ts'
import { bodyMoment } from './moment.ts'

/** Which past events are replayed. */
export function createReplayInput({ events }: Catalog) {
  return z
    .strictObject({
      since: bodyMoment('Only what happened at that time or later.'),
      until: bodyMoment('Only what happened at that time or earlier. Default: now.').optional(),
      events: z
        .array(z.enum([...events.keys()]))
        .min(1)
        .optional()
        .describe('Only these event types, of those it is subscribed to. Default: all of them.'),
      dryRun: z.boolean().optional().describe('Only count them. Default false.'),
    })
    .refine(({ since, until }) => until === undefined || until >= since, {
      path: ['until'],
      message: 'It is before `since`',
    })
    .openapi('Replay', {
      description: 'Which past events are owed again.',
      example: { since: 1706457600000, events: ['instance.down'], dryRun: true },
    })
}

export const replayedSchema = z
  .object({ count: z.int().min(0).describe('Deliveries queued, or that would be.') })
  .openapi('Replayed', {
    description: 'How many past events are owed again.',
    example: { count: 3 },
  })
