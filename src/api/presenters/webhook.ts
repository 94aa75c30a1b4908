import { redactSecret } from '../../rules/secret.ts'
import type { WebhookSettings } from '../../rules/webhook.ts'
import type { Webhook } from '../../store/webhooks.ts'
import type { Service } from '../service.ts'

/** A webhook as answers show it: the secret redacted, what was not given left out. */
export async function presentWebhook({ store }: Service, webhook: Webhook) {
  const settings = settingsOf(webhook)
  const { deliveryConfig, alertConfig, thresholds, level, instances, retryPolicy } = settings
  const { maxInFlight, discardAfter } = settings
  const { maxRetries, initialDelayMs, backoffMultiplier, maxDelayMs, schedule } = retryPolicy
  return {
    id: webhook.id,
    name: settings.name,
    url: settings.url,
    secret: redactSecret(await store.vault.open(webhook.sealedSecret)),
    enabled: settings.enabled,
    events: [...settings.events],
    headers: { ...settings.headers },
    retryPolicy: {
      maxRetries,
      initialDelayMs,
      backoffMultiplier,
      maxDelayMs,
      ...(schedule !== undefined && { schedule: [...schedule] }),
    },
    ...(deliveryConfig !== undefined && { deliveryConfig }),
    ...(alertConfig !== undefined && { alertConfig }),
    ...(thresholds !== undefined && { thresholds }),
    format: settings.format,
    eventsPolicy: settings.eventsPolicy,
    ...(level !== undefined && { level }),
    ...(instances !== undefined && { instances: copy(instances) }),
    ...(maxInFlight !== undefined && { maxInFlight }),
    ...(discardAfter !== undefined && { discardAfter }),
    ...(webhook.disabledReason !== null && { disabledReason: webhook.disabledReason }),
    createdAt: webhook.createdAt.getTime(),
    updatedAt: webhook.updatedAt.getTime(),
  }
}

/** Only what a user may set. */
export function settingsOf(webhook: Webhook): WebhookSettings {
  const { name, url, enabled, events, eventsPolicy, level, instances } = webhook
  const { headers, retryPolicy, deliveryConfig, alertConfig, thresholds, format } = webhook
  const { maxInFlight, discardAfter } = webhook
  return {
    name,
    url,
    enabled,
    events,
    eventsPolicy,
    level,
    instances,
    headers,
    retryPolicy,
    deliveryConfig,
    alertConfig,
    thresholds,
    format,
    maxInFlight,
    discardAfter,
  }
}

function copy(scope: NonNullable<WebhookSettings['instances']>) {
  return Array.isArray(scope) ? [...scope] : { ...scope }
}
