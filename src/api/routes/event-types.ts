import { createRoute, z } from '@hono/zod-openapi'
import { answer, anyway } from '../answers.ts'
import type { Api } from '../context.ts'
import { presentEventType } from '../presenters/event.ts'
import { eventTypeSchema } from '../schemas/event.ts'
import type { Service } from '../service.ts'

/** The catalogue: what the plugins declare. */
export function eventTypeRoutes(api: Api, { catalog }: Service): void {
  let shown: ReturnType<typeof presentEventType>[] | undefined

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/event-types',
      operationId: 'listEventTypes',
      tags: ['Events'],
      summary: 'List every event type with its tier, threshold, example and schema',
      description: 'What the plugins in use declare, in their order.',
      responses: { 200: answer('Event types.', z.array(eventTypeSchema)), ...anyway },
    }),
    (context) => {
      shown ??= [...catalog.events.values()].map(presentEventType)
      return context.json(shown, 200)
    },
  )
}
