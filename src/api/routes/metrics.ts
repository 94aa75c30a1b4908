import { z } from '@hono/zod-openapi'
import { askSparingly } from '../../rules/ask-sparingly.ts'
import { expose, expositionType } from '../../rules/exposition.ts'
import { countDeliveries } from '../../store/delivery-counts.ts'
import { readGauges } from '../../store/gauges.ts'
import { anyway } from '../answers.ts'
import type { Api } from '../context.ts'
import { gaugeFamilies } from '../metrics/families.ts'
import type { Service } from '../service.ts'

const example = '# TYPE tocsin_queue_depth gauge\ntocsin_queue_depth{status="pending"} 3\n'

/** Metrics for Prometheus: what this process counted, and how the whole service stands. */
export function metricsRoutes(api: Api, { store, version, measured, lasts = true }: Service): void {
  const count = () => countDeliveries(store)
  const counted = lasts ? askSparingly(count) : count

  api.openAPIRegistry.registerPath({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tags: ['Service'],
    summary: 'Show metrics as Prometheus reads them',
    description:
      'Counters and histograms are of the process that answers; gauges are of all replicas together; counts of ' +
      'deliveries are those of the scrape before where there are many. ' +
      'Webhooks and instances are named by their ids.',
    responses: {
      200: {
        description: 'Text format 0.0.4.',
        content: { 'text/plain': { schema: z.string().describe('Metrics.'), example } },
      },
      ...anyway,
    },
  })
  api.get('/metrics', async (context) => {
    const info = {
      name: 'tocsin_info',
      help: 'The version that answers.',
      type: 'gauge',
      samples: [{ labels: { version }, value: 1 }],
    } as const
    const gauges = gaugeFamilies(...(await Promise.all([readGauges(store), counted()])))
    const families = [info, ...gauges, ...measured()]
    return context.body(expose(families), 200, { 'Content-Type': expositionType })
  })
}
