import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Service } from '../../src/api/service.ts'
import { createPublisher } from '../../src/pipeline/publish.ts'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import { useApi } from '../support/api.ts'
import { documentCheck } from '../support/document-check.ts'
import { requestsTo } from '../support/hostile-requests.ts'
import { createPipeline } from '../support/pipeline.ts'
import { createService } from '../support/service.ts'

const document = await documentCheck(
  (await createService({ db: {} as Service['store']['db'] })).service,
)
const operations = Object.entries(document.at('paths') ?? {}).flatMap(([path, methods]) =>
  Object.keys(methods as object).map((method) => ({ method, path })),
)
const down = { type: 'instance.down', data: { reason: 'test' } }

const api = useApi(async ({ db }) => {
  const pipeline = await createPipeline(db, { plugins: builtInPlugins })
  return { ...createPublisher(pipeline), store: pipeline.store }
})
const ids: Record<string, string[]> = {}

beforeEach(async () => {
  const made = async (path: string, body: unknown) =>
    (await api.call('POST', path, { body })).body as { id: string; events: { id: string }[] }
  const webhook = { name: 'w', url: 'https://example.com/', events: [down.type] }
  const { id } = await made('/api/webhooks', webhook)
  const instance = await made('/api/instances', { name: 'i', url: 'redis://cache.test' })
  const token = await made('/api/tokens', { name: 't', scopes: ['read'] })
  const published = await made('/api/events', down)
  const { body } = await api.call('GET', `/api/webhooks/${id}/deliveries`)
  Object.assign(ids, {
    webhooks: [id],
    instances: [instance.id],
    tokens: [token.id],
    events: published.events.map((one) => one.id),
    deliveries: (body as { id: string }[]).map((one) => one.id),
  })
})

describe.each(operations)('$method $path', ({ method, path }) => {
  const place = ['paths', path, method]
  const varies = document.at(...place)?.parameters !== undefined
  const numRuns = document.at(...place, 'requestBody') !== undefined ? 20 : varies ? 8 : 1
  const json = [...place, 'requestBody', 'content', 'application/json']

  test('answers whatever it is asked as the document says, and never with a 5xx', async () => {
    const requests = requestsTo(document, { path, method }, ids)
    await fc.assert(
      fc.asyncProperty(requests, async ({ target, body, headers }) => {
        const sent = { headers, ...(body !== undefined && { body }) }
        const answer = await api.call(method.toUpperCase(), target, sent)
        expect(answer.status).toBeLessThan(500)
        const media = answer.headers.get('content-type')
        if (answer.status >= 400) expect(media).toBe('application/problem+json')
        // What the document forbids is not taken all the same.
        else if (body !== undefined && body !== '')
          expect(document.faults(JSON.parse(body), ...json, 'schema'), body).toEqual([])
      }),
      { numRuns },
    )
  })
})
