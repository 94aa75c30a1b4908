import type { Format } from '../plugin/format.ts'
import { describeError } from '../rules/describe-error.ts'
import { isRedacted, looksRedacted } from '../rules/secret.ts'
import { type SecretReference, storedReference, type Vault } from '../rules/vault.ts'
import { redactedSecret, type WebhookInput, type WebhookPatch } from '../rules/webhook-schema.ts'
import type { Webhook } from '../store/webhooks.ts'
import { settingsOf } from './presenters/webhook.ts'
import { invalid } from './problem.ts'
import type { SentSettings } from './webhook-preparation.ts'

/** The settings of a new webhook. */
export function settingsFrom({ secret: _, thresholds, ...input }: WebhookInput): SentSettings {
  return { ...input, thresholds: thresholds && given(thresholds) }
}

/** A webhook's settings with those fields replaced that a change gives; null takes one away. */
export function changed(webhook: Webhook, patch: WebhookPatch): SentSettings {
  const before = settingsOf(webhook)
  const { thresholds } = patch
  return {
    name: patch.name ?? before.name,
    url: patch.url ?? before.url,
    enabled: patch.enabled ?? before.enabled,
    events: patch.events ?? before.events,
    eventsPolicy: patch.eventsPolicy ?? before.eventsPolicy,
    headers: patch.headers ?? before.headers,
    retryPolicy: patch.retryPolicy ?? before.retryPolicy,
    format: patch.format ?? before.format,
    formatConfig: patch.formatConfig,
    httpAuth: patch.httpAuth,
    level: replaced(patch.level, before.level),
    instances: replaced(patch.instances, before.instances),
    maxInFlight: replaced(patch.maxInFlight, before.maxInFlight),
    throttle: patch.throttle,
    discardAfter: replaced(patch.discardAfter, before.discardAfter),
    lossy: replaced(patch.lossy, before.lossy),
    allowInvalidCerts: replaced(patch.allowInvalidCerts, before.allowInvalidCerts),
    deliveryConfig: replaced(patch.deliveryConfig, before.deliveryConfig),
    alertConfig: replaced(patch.alertConfig, before.alertConfig),
    thresholds: replaced(thresholds && given(thresholds), before.thresholds),
  }
}

/** The secret a change brings; undefined where it changes nothing, as its redacted form does. */
export async function newSecret(
  vault: Vault,
  sent: string | SecretReference | undefined,
  sealed: string,
): Promise<string | SecretReference | undefined> {
  if (sent === undefined) return undefined
  const reference = storedReference(sealed)
  if (typeof sent !== 'string') {
    if (JSON.stringify(sent) === JSON.stringify(reference)) return undefined
    await requireReadable(vault, sent)
    return sent
  }
  const stored = reference === undefined ? await vault.open(sealed) : undefined
  if (stored !== undefined && (sent === stored || isRedacted(sent, stored))) return undefined
  if (looksRedacted(sent)) throw invalid([{ pointer: '/secret', message: redactedSecret }])
  return sent
}

/** Refuses a secret that the format cannot sign with. */
export function checkSecret(format: Format | undefined, secret: string): void {
  const message = format?.refusesSecret?.(secret)
  if (message !== undefined) throw invalid([{ pointer: '/secret', message }])
}

/** Refuses a reference that leads nowhere. Answers what it leads to. */
export async function requireReadable(
  vault: Vault,
  secret: string | SecretReference,
): Promise<string> {
  try {
    return await vault.open(await vault.seal(secret))
  } catch (error) {
    throw invalid([{ pointer: '/secret', message: describeError(error) }])
  }
}

function replaced<Value>(sent: Value | null | undefined, before: Value | undefined) {
  return sent === undefined ? before : (sent ?? undefined)
}

function given(thresholds: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(thresholds).flatMap(([key, limit]) =>
      limit === undefined ? [] : [[key, limit]],
    ),
  )
}
