import {
  ApiError,
  client,
  isMemoryCriticalPayload,
  type WebhookPayload,
} from '../dist/redocly/client.js'
import { expect, serviceUrl, webhook } from './webhook.js'

client.configure({ serverUrl: serviceUrl() })

const { id } = await client.createWebhook({ body: webhook })
const path = { id }
expect('the name', (await client.getWebhook({ path })).name, webhook.name)
await client.deleteWebhook({ path })
const problem = await client.getWebhook({ path }).catch((error: unknown) => error)
expect('the problem', problem instanceof ApiError && problem.status, 404)

/** The type of an event tells what its data holds. */
export function percentOf(payload: WebhookPayload): number | undefined {
  return isMemoryCriticalPayload(payload) ? payload.data.usedPercent : undefined
}
