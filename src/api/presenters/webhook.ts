import type { Format } from '../../plugin/format.ts'
import { redactSecret } from '../../rules/secret.ts'
import { type SecretReference, storedReference, type Vault } from '../../rules/vault.ts'
import { formatSecret, type WebhookSettings } from '../../rules/webhook.ts'
import type { Webhook } from '../../store/webhooks.ts'
import type { Service } from '../service.ts'

/** A webhook as answers show it: the secret redacted, what was not given left out. */
export async function presentWebhook({ store, formats }: Service, webhook: Webhook) {
  const settings = settingsOf(webhook)
  const { deliveryConfig, alertConfig, thresholds, level, instances, retryPolicy } = settings
  const { maxInFlight, throttle, discardAfter, allowInvalidCerts } = settings
  const { maxRetries, initialDelayMs, backoffMultiplier, maxDelayMs, schedule } = retryPolicy
  return {
    id: webhook.id,
    name: settings.name,
    url: settings.url,
    secret: await shown(store.vault, webhook.sealedSecret),
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
    ...(await secretSettings(store.vault, formats.find(settings.format), webhook)),
    eventsPolicy: settings.eventsPolicy,
    ...(level !== undefined && { level }),
    ...(instances !== undefined && { instances: copy(instances) }),
    ...(maxInFlight !== undefined && { maxInFlight }),
    ...(throttle !== undefined && { throttle }),
    ...(discardAfter !== undefined && { discardAfter }),
    ...(settings.lossy !== undefined && { lossy: settings.lossy }),
    ...(allowInvalidCerts !== undefined && { allowInvalidCerts }),
    ...(webhook.disabledReason !== null && { disabledReason: webhook.disabledReason }),
    createdAt: webhook.createdAt.getTime(),
    updatedAt: webhook.updatedAt.getTime(),
  }
}

/** What holds secrets, with those in their redacted form. */
async function secretSettings(vault: Vault, format: Format | undefined, webhook: Webhook) {
  const { formatConfig, httpAuth, sealed } = webhook
  const secretsOf = (format?.secrets ?? []).flatMap((key) => {
    const stored = sealed[formatSecret(key)]
    return stored === undefined ? [] : [shown(vault, stored).then((it) => [key, it] as const)]
  })
  const config = { ...formatConfig, ...Object.fromEntries(await Promise.all(secretsOf)) }
  const authSecret = sealed.httpAuth && (await shown(vault, sealed.httpAuth))
  return {
    ...(Object.keys(config).length > 0 && { formatConfig: config }),
    ...(httpAuth?.type === 'Basic' && { httpAuth: { ...httpAuth, password: authSecret } }),
    ...(httpAuth?.type === 'Bearer' && { httpAuth: { ...httpAuth, token: authSecret } }),
  }
}

/** A stored secret as answers show it: redacted, or where it is found. */
async function shown(vault: Vault, stored: string): Promise<string | SecretReference> {
  return storedReference(stored) ?? redactSecret(await vault.open(stored))
}

/** Only what a user may set. */
export function settingsOf(webhook: Webhook): WebhookSettings {
  const { name, url, enabled, events, eventsPolicy, level, instances } = webhook
  const { headers, retryPolicy, deliveryConfig, alertConfig, thresholds, format } = webhook
  const { maxInFlight, throttle, discardAfter, allowInvalidCerts } = webhook
  const { formatConfig, httpAuth } = webhook
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
    formatConfig,
    httpAuth,
    maxInFlight,
    throttle,
    discardAfter,
    lossy: webhook.lossy,
    allowInvalidCerts,
  }
}

function copy(scope: NonNullable<WebhookSettings['instances']>) {
  return Array.isArray(scope) ? [...scope] : { ...scope }
}
