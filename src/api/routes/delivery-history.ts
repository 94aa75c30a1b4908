import { createRoute, z } from '@hono/zod-openapi'
import { listDeliveries, pruneDeliveries } from '../../store/deliveries.ts'
import { answer, anyway, badRequest, notFound } from '../answers.ts'
import type { Api } from '../context.ts'
import { pageOf } from '../page.ts'
import { presentDelivery } from '../presenters/delivery.ts'
import { requireWebhook } from '../require-webhook.ts'
import { deliverySchema, deliveryStatus, prunedSchema } from '../schemas/delivery.ts'
import { queryMoment } from '../schemas/moment.ts'
import { filter, idCursor, limit, linkHeader, pathId } from '../schemas/query.ts'
import type { Service } from '../service.ts'

const tags = ['Deliveries']
const params = pathId('webhook')

/** The delivery history of a webhook (seed 1, "Get Webhook Deliveries"). */
export function deliveryHistoryRoutes(api: Api, { store }: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/webhooks/{id}/deliveries',
      operationId: 'listDeliveries',
      tags,
      summary: 'List the deliveries of a webhook, newest first',
      description: 'Page by page, with a cursor or an offset.',
      request: {
        params,
        query: z.object({
          limit: limit(50, 200),
          offset: z.coerce
            .number()
            .int()
            .min(0)
            .default(0)
            .describe('How many to leave out at the start; without a cursor only.'),
          cursor: idCursor,
          status: deliveryStatus.optional(),
          event: filter('Only this event type.'),
          since: queryMoment('Only those queued at that time or later.').optional(),
          until: queryMoment('Only those queued at that time or earlier.').optional(),
        }),
      },
      responses: {
        200: answer('Deliveries.', z.array(deliverySchema), linkHeader),
        ...badRequest,
        ...notFound,
        ...anyway,
      },
    }),
    async (context) => {
      const { id } = await requireWebhook(store, context.req.valid('param').id)
      const { limit, offset, cursor, ...filters } = context.req.valid('query')
      const page = { limit: limit + 1, offset, before: cursor }
      const found = await listDeliveries(store, id, filters, page)
      const shown = pageOf(context, found, limit, ({ id }) => id)
      return context.json(shown.map(presentDelivery), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/api/webhooks/{id}/deliveries',
      operationId: 'pruneDeliveries',
      tags,
      summary: 'Remove the history before a time, never what is still owed',
      description: 'Pending and retrying deliveries stay, however old.',
      request: {
        params,
        query: z.object({ before: queryMoment('Deliveries queued before that time are removed.') }),
      },
      responses: {
        200: answer('How many are gone.', prunedSchema),
        ...badRequest,
        ...notFound,
        ...anyway,
      },
    }),
    async (context) => {
      const { id } = await requireWebhook(store, context.req.valid('param').id)
      const pruned = await pruneDeliveries(store, id, context.req.valid('query').before)
      return context.json({ pruned }, 200)
    },
  )
}
