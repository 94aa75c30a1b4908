import { client } from '../dist/hey-api/client.gen.js'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  type WebhookPayload,
} from '../dist/hey-api/index.js'
import { expect, serviceUrl, webhook } from './webhook.js'

client.setConfig({ baseUrl: serviceUrl() })

const { data: made } = await createWebhook({ body: webhook, throwOnError: true })
const path = { id: made.id }
const { data: read } = await getWebhook({ path, throwOnError: true })
expect('the name', read.name, webhook.name)
expect('its status', (await deleteWebhook({ path })).response?.status, 204)
const { error } = await getWebhook({ path })
expect('the problem', error?.status, 404)

/** The type of an event tells what its data holds. */
export function percentOf(payload: WebhookPayload): number | undefined {
  return payload.event === 'memory.critical' ? payload.data.usedPercent : undefined
}
