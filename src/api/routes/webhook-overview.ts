import { createRoute } from '@hono/zod-openapi'
import { eventsByLicence } from '../../rules/catalog.ts'
import { retryQueue } from '../../store/deliveries.ts'
import { answer, anyway } from '../answers.ts'
import type { Api } from '../context.ts'
import { retryQueueSchema } from '../schemas/delivery.ts'
import { allowedEventsSchema } from '../schemas/webhook.ts'
import type { Service } from '../service.ts'

/** What concerns all webhooks: the licence's events, and how retries stand. */
export function webhookOverviewRoutes(api: Api, { store, catalog, tier }: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/webhooks/allowed-events',
      operationId: 'listAllowedEvents',
      tags: ['Webhooks'],
      summary: 'List the event types that the licence allows, and those it locks',
      description: 'Both lists are in tier order.',
      responses: { 200: answer('Event types by licence.', allowedEventsSchema), ...anyway },
    }),
    (context) => context.json(eventsByLicence(catalog, tier()), 200),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/webhooks/stats/retry-queue',
      operationId: 'getRetryQueue',
      tags: ['Deliveries'],
      summary: 'Count the retries that are scheduled',
      description: 'Over all webhooks, those that are not due yet included.',
      responses: { 200: answer('The queue.', retryQueueSchema), ...anyway },
    }),
    async (context) => context.json(await retryQueue(store), 200),
  )
}
