import { createRoute } from '@hono/zod-openapi'
import { answer, anyway, badBody, body, conflict, notFound } from '../answers.ts'
import type { Api } from '../context.ts'
import { refuseDisabled, requireWebhook } from '../require-webhook.ts'
import { pathId } from '../schemas/query.ts'
import { createReplayInput, replayedSchema } from '../schemas/replay.ts'
import type { Service } from '../service.ts'

/** Sending a webhook what happened once more. */
export function replayRoutes(api: Api, { store, catalog, replay }: Service): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/webhooks/{id}/replay',
      operationId: 'replayEvents',
      tags: ['Deliveries'],
      summary: 'Send a webhook past events again, since a time',
      description:
        'Stored events that it is subscribed to now are queued again, oldest first, whether they ' +
        'were delivered or not, each under the id it had: receivers drop what they know. What it is ' +
        'still owed, or is older than its `discardAfter`, is left out. Of events with a threshold, ' +
        'those that fired: where it was told then, or where another webhook was and the reading ' +
        'reaches its own limit. Readings that fired nothing are no alerts.',
      request: {
        params: pathId('webhook'),
        body: body('Which events.', createReplayInput(catalog)),
      },
      responses: {
        202: answer('How many are queued.', replayedSchema),
        ...badBody,
        ...notFound,
        ...conflict,
        ...anyway,
      },
    }),
    async (context) => {
      const webhook = await requireWebhook(store, context.req.valid('param').id)
      const { dryRun = false, ...which } = context.req.valid('json')
      context.set('dryRun', dryRun)
      if (!dryRun) refuseDisabled(webhook, 'replay')
      const by = context.var.requestId
      return context.json({ count: await replay(webhook, { ...which, dryRun, by }) }, 202)
    },
  )
}
