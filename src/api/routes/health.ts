import { createRoute, z } from '@hono/zod-openapi'
import { answer, openly } from '../answers.ts'
import type { Api } from '../context.ts'
import { healthSchema, indexSchema, readinessSchema } from '../schemas/health.ts'
import type { Service } from '../service.ts'

const tags = ['Service']
/** No token is asked for. */
const security: [] = []

const { description, content } = answer('The paths to begin with, or the overview.', indexSchema)
const page = z.string().describe('HTML.')
const index = {
  description,
  content: { ...content, 'text/html': { schema: page, example: '<!doctype html>' } },
}

/** Whether the service lives, whether it can work, and where everything is. */
export function healthRoutes(api: Api, service: Service): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/',
      operationId: 'getIndex',
      tags,
      security,
      summary: 'Show what is where',
      description:
        'For programs, which ask for `application/json`. Everything else is in the document. Whoever does ' +
        'not is shown the overview, a page.',
      responses: { 200: index, 303: { description: 'Sign in first, to see the page.' }, ...openly },
    }),
    (context) =>
      context.json(
        {
          name: 'Tocsin' as const,
          version: service.version,
          links: {
            document: '/openapi.json',
            docs: '/docs',
            health: '/healthz',
            readiness: '/readyz',
            webhooks: '/api/webhooks',
            instances: '/api/instances',
            events: '/api/events',
            eventTypes: '/api/event-types',
            alerts: '/api/alerts',
            plugins: '/api/plugins',
          },
        },
        200,
      ),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/healthz',
      operationId: 'getHealth',
      tags,
      security,
      summary: 'Tell whether the process lives; asks nothing of the database',
      description: 'For restarting a process that hangs.',
      responses: { 200: answer('It lives.', healthSchema), ...openly },
    }),
    (context) => context.json({ status: 'ok' as const }, 200),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/readyz',
      operationId: 'getReadiness',
      tags,
      security,
      summary: 'Tell whether the service can do its work',
      description: 'For taking a process out of the rotation.',
      responses: {
        200: answer('It can.', readinessSchema),
        503: answer('It cannot: `checks` says why.', readinessSchema),
        ...openly,
      },
    }),
    async (context) => {
      const { ready, checks } = await service.ready()
      return context.json({ ready, checks: { ...checks } }, ready ? 200 : 503)
    },
  )
}
