import createClient from 'openapi-fetch'
import type { components, paths } from '../dist/openapi-fetch/schema.js'
import { expect, serviceUrl, webhook } from './webhook.js'

const client = createClient<paths>({ baseUrl: serviceUrl() })

const { data: made } = await client.POST('/api/webhooks', { body: webhook })
if (made === undefined) throw new Error('the webhook was not made')
const params = { path: { id: made.id } }
const { data: read } = await client.GET('/api/webhooks/{id}', { params })
expect('the name', read?.name, webhook.name)
expect('its status', (await client.DELETE('/api/webhooks/{id}', { params })).response.status, 204)
const { error } = await client.GET('/api/webhooks/{id}', { params })
expect('the problem', error?.status, 404)

/** The type of an event tells what its data holds. */
export function percentOf(payload: components['schemas']['WebhookPayload']): number | undefined {
  return payload.event === 'memory.critical' ? payload.data.usedPercent : undefined
}
