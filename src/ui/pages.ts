import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import type { Fetching } from '../api/app.ts'
import { readBody } from '../api/body.ts'
import { inTime } from '../api/deadline.ts'
import type { Service } from '../api/service.ts'
import { assetRoutes } from './assets.ts'
import type { Env, Pages, Site } from './context.ts'
import { elsewherePages } from './elsewhere.ts'
import { answerFault } from './fault.tsx'
import { guard } from './guard.tsx'
import { harden } from './headers.ts'
import type { Live } from './live.ts'
import { type Gzip, packed } from './pack.ts'
import { standingNow } from './parts/shell.tsx'
import { alertPages } from './screens/alerts.tsx'
import { cataloguePages } from './screens/catalogue.tsx'
import { choicePages } from './screens/choices.tsx'
import { deadLetterPages } from './screens/dead-letters.tsx'
import { deliveriesPages } from './screens/deliveries.tsx'
import { deliveryPages } from './screens/delivery.tsx'
import { eventPages } from './screens/events.tsx'
import { instancePages } from './screens/instance.tsx'
import { instanceFormPages } from './screens/instances.tsx'
import { overviewPages } from './screens/overview.tsx'
import { pluginPages } from './screens/plugins.tsx'
import { progressPages } from './screens/progress.tsx'
import { replayPages } from './screens/replay.tsx'
import { settingsPages } from './screens/settings.tsx'
import { tracePages } from './screens/trace.tsx'
import { webhookPages } from './screens/webhook.tsx'
import { webhookEditPages } from './screens/webhook-edit.tsx'
import { webhooksPages } from './screens/webhooks.tsx'
import { sessionPages } from './session.tsx'
import { themePages } from './theme.ts'

/** Everything that people see. */
export function createPages(service: Service, api: Fetching, live: Live, gzip?: Gzip): Pages {
  const pages: Pages = new Hono<Env>()
  const site: Site = { service, api }
  pages.onError((error, context) => answerFault(site, error, context))
  pages.use(requestId())
  pages.use(harden)
  assetRoutes(pages, gzip)
  if (gzip !== undefined) pages.use(packed(gzip))
  pages.use(readBody(1))
  pages.use(guard(service))
  pages.get('/live', ({ req }) => live.stream(req.raw.signal))
  // Trying a webhook waits for somebody else's server, under a deadline of its own.
  pages.use(({ req }, next) => (req.method === 'POST' ? next() : inTime(next())))
  sessionPages(pages, site)
  themePages(pages)
  choicePages(pages, site)
  // Every page tells it: asked for beside what the page itself is about.
  pages.use((context, next) => {
    if (context.req.method === 'GET') void standingNow(service, context)
    return next()
  })
  overviewPages(pages, site)
  instanceFormPages(pages, site)
  instancePages(pages, site)
  alertPages(pages, site)
  tracePages(pages, site)
  webhooksPages(pages, site)
  webhookEditPages(pages, site)
  webhookPages(pages, site)
  deliveriesPages(pages, site)
  deliveryPages(pages, site)
  deadLetterPages(pages, site)
  progressPages(pages, site)
  replayPages(pages, site)
  eventPages(pages, site)
  cataloguePages(pages, site)
  pluginPages(pages, site)
  settingsPages(pages, site)
  elsewherePages(pages)
  pages.notFound((context) => answerFault(site, undefined, context))
  return pages
}
