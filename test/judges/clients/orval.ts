import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  type WebhookPayload,
} from '../dist/orval/client.js'
import { expect, serviceUrl, webhook } from './webhook.js'

// The generated functions ask for paths: a page would resolve them against its own address.
const { fetch } = globalThis
globalThis.fetch = (path, options) => fetch(new URL(String(path), serviceUrl()), options)

const made = await createWebhook(webhook)
if (made.status !== 201) throw new Error(`the webhook was not made: ${made.data.detail}`)
const { id } = made.data
const read = await getWebhook(id)
if (read.status !== 200) throw new Error(`the webhook was not read: it answers ${read.status}`)
expect('the name', read.data.name, webhook.name)
expect('its status', (await deleteWebhook(id)).status, 204)
expect('the problem', (await getWebhook(id)).status, 404)

/** The type of an event tells what its data holds. */
export function percentOf(payload: WebhookPayload): number | undefined {
  return payload.event === 'memory.critical' ? payload.data.usedPercent : undefined
}
