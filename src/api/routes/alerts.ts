import { createRoute, z } from '@hono/zod-openapi'
import { listAlerts } from '../../store/alerts.ts'
import { alertCursor, parseAlertCursor } from '../alert-cursor.ts'
import { answer, anyway, badRequest } from '../answers.ts'
import type { Api } from '../context.ts'
import { pageOf } from '../page.ts'
import { alertSchema } from '../schemas/alert.ts'
import { filter, limit, linkHeader } from '../schemas/query.ts'
import type { Service } from '../service.ts'

const cursor = z
  .string()
  .transform((text, context) => {
    const after = parseAlertCursor(text)
    if (after !== undefined) return after
    context.addIssue('It is no cursor of this list; take it from the Link header of an answer')
    return z.NEVER
  })
  .optional()
  .openapi({
    description: 'Where the page begins: taken from the `Link` header of the page before.',
  })

/** Thresholds standing crossed. */
export function alertRoutes(api: Api, { store }: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/alerts',
      operationId: 'listAlerts',
      tags: ['Alerts'],
      summary: 'List the alerts that stand, oldest first',
      description:
        'One for each webhook, instance, event type and subject. They end when a value is back in the safe range.',
      request: {
        query: z.object({
          limit: limit(200, 1000),
          cursor,
          webhook: filter('Only of this webhook, by its id.'),
          instance: filter('Only of this instance, by its id or `host:port`.'),
          event: filter('Only of this event type.'),
        }),
      },
      responses: {
        200: answer('Alerts.', z.array(alertSchema), linkHeader),
        ...badRequest,
        ...anyway,
      },
    }),
    async (context) => {
      const { limit, cursor, ...filters } = context.req.valid('query')
      const found = await listAlerts(store, filters, { limit: limit + 1, after: cursor })
      const shown = pageOf(context, found, limit, alertCursor)
      return context.json(
        shown.map(({ eventType, since, ...alert }) => ({
          ...alert,
          event: eventType,
          since: since.getTime(),
        })),
        200,
      )
    },
  )
}
