import { severities, type Tier } from '../plugin/event.ts'
import type { CatalogEvent } from './catalog.ts'
import { includes } from './tier.ts'
import type { WebhookSettings } from './webhook.ts'

/** What an event is about, as far as subscriptions ask. */
export interface Origin {
  /** Id of the instance under watch, where it is one. */
  readonly instanceId?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Whether the licence lets this event through to anybody. */
export function allowed(event: CatalogEvent, tier: Tier): boolean {
  return event.operational || includes(tier, event.declaration.tier)
}

type Subscription = Pick<
  WebhookSettings,
  'enabled' | 'events' | 'eventsPolicy' | 'level' | 'instances'
>

/** Whether a webhook wants to hear of this event from there. */
export function subscribes(webhook: Subscription, event: CatalogEvent, origin: Origin): boolean {
  return (
    webhook.enabled &&
    listed(webhook, event) &&
    (webhook.level === undefined ||
      severities.indexOf(event.declaration.severity) >= severities.indexOf(webhook.level)) &&
    inScope(webhook.instances, origin)
  )
}

function listed({ events, eventsPolicy }: Subscription, event: CatalogEvent): boolean {
  const named = events.includes(event.declaration.type)
  // Operational events are heard only by those who ask: they would surprise everyone else.
  return eventsPolicy === 'include' ? named : !named && !event.operational
}

function inScope(scope: WebhookSettings['instances'], { instanceId, labels }: Origin): boolean {
  if (scope === undefined) return true
  if (isIds(scope)) return instanceId !== undefined && scope.includes(instanceId)
  return Object.entries(scope).every(([label, value]) => labels?.[label] === value)
}

function isIds(scope: NonNullable<WebhookSettings['instances']>): scope is readonly string[] {
  return Array.isArray(scope)
}
