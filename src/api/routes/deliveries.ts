import { createRoute, z } from '@hono/zod-openapi'
import { findDelivery, retryDeliveries, retryDelivery } from '../../store/deliveries.ts'
import { alias, limited } from '../access.ts'
import { answer, anyway, badBody, conflict, notFound, optionalBody } from '../answers.ts'
import type { Api } from '../context.ts'
import { presentDeliveryDetail } from '../presenters/delivery.ts'
import { missing, Problem } from '../problem.ts'
import { refuseDisabled, requireWebhook } from '../require-webhook.ts'
import {
  bulkRetrySchema,
  countSchema,
  deliveryDetailSchema,
  queuedSchema,
} from '../schemas/delivery.ts'
import { pathId } from '../schemas/query.ts'
import type { Service } from '../service.ts'

const tags = ['Deliveries']
const params = pathId('webhook')
const deliveryParams = z.object({ deliveryId: z.string().describe('Id of the delivery.') })

/** One delivery, and trying again (seed 1, "Retry Failed Delivery"). */
export function deliveryRoutes(api: Api, { store, wakeDrain }: Service): void {
  const show = createRoute({
    method: 'get',
    path: '/api/deliveries/{deliveryId}',
    operationId: 'getDelivery',
    tags,
    summary: 'Show a delivery with every attempt',
    description:
      'Requests are shown as sent, values that look secret redacted; answers as received, up to ' +
      'the limit. The same is at `/api/webhooks/deliveries/{deliveryId}`.',
    request: { params: deliveryParams },
    responses: { 200: answer('The delivery.', deliveryDetailSchema), ...notFound, ...anyway },
  })
  for (const route of [
    show,
    // Beside `/api/webhooks/{id}/test` this path is ambiguous to readers of the document.
    createRoute({ ...show, path: '/api/webhooks/deliveries/{deliveryId}', ...alias }),
  ])
    api.openapi(route, async (context) => {
      const delivery = await findDelivery(store, context.req.valid('param').deliveryId)
      if (delivery === undefined) throw missing('delivery')
      return context.json(presentDeliveryDetail(delivery), 200)
    })

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks/deliveries/{deliveryId}/retry',
      operationId: 'retryDelivery',
      tags,
      ...limited('retry'),
      summary: 'Queue a given-up delivery again, with a fresh budget of retries',
      description:
        'For a dead letter or a failed delivery. What was delivered or is queued already is left alone.',
      request: { params: deliveryParams },
      responses: {
        202: answer('It is queued.', queuedSchema),
        ...notFound,
        ...conflict,
        ...anyway,
      },
    }),
    async (context) => {
      const delivery = await findDelivery(store, context.req.valid('param').deliveryId)
      if (delivery === undefined) throw missing('delivery')
      if (delivery.status === 'success')
        throw new Problem('conflict', 'It was delivered already: there is nothing to retry.')
      refuseDisabled(await requireWebhook(store, delivery.webhookId), 'retry')
      if (!(await retryDelivery(store, delivery.id)))
        throw new Problem('conflict', 'It is queued already: wait for it to end.')
      wakeDrain()
      return context.json({ message: 'Retry queued' as const }, 202)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks/{id}/retry',
      operationId: 'retryDeliveries',
      tags,
      ...limited('retry'),
      summary: 'Queue the given-up deliveries of a webhook again',
      description: 'Its dead letters and failed deliveries, or only those of a status or a time.',
      request: { params, body: optionalBody('Which of them.', bulkRetrySchema) },
      responses: {
        202: answer('How many are queued.', countSchema),
        ...badBody,
        ...notFound,
        ...conflict,
        ...anyway,
      },
    }),
    async (context) => {
      const webhook = await requireWebhook(store, context.req.valid('param').id)
      const { dryRun = false, ...filters } = context.req.valid('json')
      context.set('dryRun', dryRun)
      if (!dryRun) refuseDisabled(webhook, 'retry')
      const by = context.var.requestId
      const count = await retryDeliveries(store, webhook.id, filters, { dryRun, by })
      if (count > 0 && !dryRun) wakeDrain()
      return context.json({ count }, 202)
    },
  )
}
