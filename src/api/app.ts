import { OpenAPIHono } from '@hono/zod-openapi'
import { requestId } from 'hono/request-id'
import { close, harden } from './answer-headers.ts'
import { registerAnswers } from './answers.ts'
import { declareBodies, readBody } from './body.ts'
import type { Api, Client } from './context.ts'
import { answerInTime } from './deadline.ts'
import { answerUnchanged } from './etag.ts'
import { answerFailure } from './failure.ts'
import { faultsOf } from './faults.ts'
import { requireAuthorization } from './gate.ts'
import { answerOnce, declareIdempotency } from './idempotency.ts'
import { createNotFound } from './not-found.ts'
import { invalid } from './problem.ts'
import { limitRates } from './rate-limit.ts'
import { recordChanges } from './record.ts'
import { type RouteEntry, routesOf } from './route-table.ts'
import { alertRoutes } from './routes/alerts.ts'
import { auditRoutes } from './routes/audit.ts'
import { consentRoutes } from './routes/consents.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { deliveryHistoryRoutes } from './routes/delivery-history.ts'
import { docsRoutes } from './routes/docs.ts'
import { documentRoutes } from './routes/document.ts'
import { eventTypeRoutes } from './routes/event-types.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { instanceRoutes } from './routes/instances.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { pluginRoutes } from './routes/plugins.ts'
import { replayRoutes } from './routes/replay.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { webhookActionRoutes } from './routes/webhook-actions.ts'
import { webhookOverviewRoutes } from './routes/webhook-overview.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { createWebhookInputs } from './schemas/webhook-input.ts'
import type { Service } from './service.ts'

/** What leads the pointers to faults outside the body. */
const places: Readonly<Record<string, readonly string[]>> = {
  query: ['query'],
  header: ['header'],
  param: ['path'],
}

/** The API as a runtime calls it. */
export interface Fetching {
  fetch(request: Request, client?: Client): Response | Promise<Response>
}

/** Puts the API together. It holds nothing but the OpenAPI document, once somebody asked for it. */
export function createApi(service: Service): Fetching {
  const app = createApp(service)
  return { fetch: (request, client = {}) => app.fetch(request, { client }) }
}

/** The application itself, its routes open to inspection. */
export function createApp(service: Service): Api {
  const api: Api = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success)
        throw invalid(faultsOf(result.error.issues, sent(result), places[result.target]))
    },
  })
  api.onError((error, context) => answerFailure(error, context, service.log))

  api.use(requestId())
  api.use(harden)
  api.use(close)
  api.use(answerUnchanged)
  let routes: readonly RouteEntry[] = []
  api.use(requireAuthorization(service, () => routes))
  api.use(limitRates(service))
  const [usual, large] = [readBody(1), readBody(5)]
  const once = answerOnce(service)
  api.use((context, next) => (context.req.path === '/api/events' ? large : usual)(context, next))
  api.use((context, next) => (context.req.path === '/api/events' ? next() : once(context, next)))
  api.use(recordChanges(service))
  api.use(answerInTime)

  const inputs = createWebhookInputs(service)
  registerAnswers(api)
  healthRoutes(api, service)
  documentRoutes(api, service)
  docsRoutes(api, service)
  metricsRoutes(api, service)
  tokenRoutes(api, service)
  // Before `/api/webhooks/{id}`, which these paths match too.
  webhookOverviewRoutes(api, service)
  webhookActionRoutes(api, service, inputs)
  deliveryRoutes(api, service)
  replayRoutes(api, service)
  webhookRoutes(api, service, inputs)
  deliveryHistoryRoutes(api, service)
  instanceRoutes(api, service)
  eventRoutes(api, service)
  eventTypeRoutes(api, service)
  alertRoutes(api, service)
  consentRoutes(api, service)
  pluginRoutes(api, service)
  auditRoutes(api, service)

  declareIdempotency(api)
  declareBodies(api)
  routes = routesOf(api)
  api.notFound(createNotFound(routes))
  return api
}

/** What was judged, beside the verdict; the validator's type does not tell. */
function sent(result: object): unknown {
  return 'data' in result ? result.data : undefined
}
