import type { WebhookPatch } from '../rules/webhook-schema.ts'
import { updateWebhook, type Webhook } from '../store/webhooks.ts'
import { changedMeanwhile, checkMatch } from './etag.ts'
import { Problem } from './problem.ts'
import { requireWebhook } from './require-webhook.ts'
import type { Service } from './service.ts'
import { checkTier } from './tier-gate.ts'
import { changed, checkSecret, newSecret } from './webhook-change.ts'
import { prepareWebhook } from './webhook-preparation.ts'

/** How often a change is tried again when others are quicker. */
const mostTries = 10

/**
 * Changes the fields given. Without `If-Match` it is repeated on what others have made of the
 * webhook meanwhile, so that none of their changes is lost.
 */
export async function updateWebhookWith(
  service: Service,
  id: string,
  patch: WebhookPatch,
  match: string | undefined,
): Promise<Webhook> {
  const { store } = service
  for (let tries = 0; tries < mostTries; tries++) {
    const webhook = await requireWebhook(store, id)
    checkMatch(match, webhook.version)
    const { settings, sealed } = await prepareWebhook(service, changed(webhook, patch), webhook)
    if (patch.events !== undefined || patch.eventsPolicy !== undefined) checkTier(service, settings)
    const secret = await newSecret(store.vault, patch.secret, webhook.sealedSecret)
    if (secret !== undefined || settings.format !== webhook.format) {
      const kept = secret === undefined ? webhook.sealedSecret : await store.vault.seal(secret)
      checkSecret(service.formats.find(settings.format), await store.vault.open(kept))
    }
    const updated = await updateWebhook(store, webhook, { settings, secret, sealed })
    if (updated !== undefined) return updated
    if (match !== undefined && match.trim() !== '*') throw changedMeanwhile()
  }
  throw new Problem('conflict', 'Others keep changing this webhook; try again.')
}
