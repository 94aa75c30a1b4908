import { isRedacted, looksRedacted } from '../rules/secret.ts'
import type { WebhookSettings } from '../rules/webhook.ts'
import { redactedSecret, type WebhookInput, type WebhookPatch } from '../rules/webhook-schema.ts'
import type { Webhook } from '../store/webhooks.ts'
import { settingsOf } from './presenters/webhook.ts'
import { invalid } from './problem.ts'

/** The settings of a new webhook. */
export function settingsFrom({ secret: _, thresholds, ...input }: WebhookInput): WebhookSettings {
  return { ...input, thresholds: thresholds && given(thresholds) }
}

/** A webhook's settings with those fields replaced that a change gives; null takes one away. */
export function changed(webhook: Webhook, patch: WebhookPatch): WebhookSettings {
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
    level: replaced(patch.level, before.level),
    instances: replaced(patch.instances, before.instances),
    maxInFlight: replaced(patch.maxInFlight, before.maxInFlight),
    discardAfter: replaced(patch.discardAfter, before.discardAfter),
    deliveryConfig: replaced(patch.deliveryConfig, before.deliveryConfig),
    alertConfig: replaced(patch.alertConfig, before.alertConfig),
    thresholds: replaced(thresholds && given(thresholds), before.thresholds),
  }
}

/** The secret a change brings; undefined where it changes nothing, as its redacted form does. */
export function newSecret(sent: string | undefined, stored: string): string | undefined {
  if (sent === undefined || sent === stored || isRedacted(sent, stored)) return undefined
  if (looksRedacted(sent)) throw invalid([{ pointer: '/secret', message: redactedSecret }])
  return sent
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
