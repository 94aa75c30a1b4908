import type { WebhookPatch } from '../rules/webhook-schema.ts'
import type { Webhook } from '../store/webhooks.ts'
import type { Service } from './service.ts'
import { changed, checkSecret, newSecret, requireReadable } from './webhook-change.ts'
import { prepareWebhook } from './webhook-preparation.ts'

/** A webhook as it would be after a change: judged as the change itself is, and kept nowhere. */
export async function trialOf(service: Service, webhook: Webhook, changes: WebhookPatch) {
  const { store, formats } = service
  const { settings, values } = await prepareWebhook(service, changed(webhook, changes), webhook)
  const sent = await newSecret(store.vault, changes.secret, webhook.sealedSecret)
  const secret = sent && (await requireReadable(store.vault, sent))
  if (secret !== undefined) checkSecret(formats.find(settings.format), secret)
  return { settings, secrets: { values, ...(secret !== undefined && { signing: [secret] }) } }
}
