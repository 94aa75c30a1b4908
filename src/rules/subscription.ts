import { severities, type Tier } from '../plugin/event.ts'
import type { CatalogEvent } from './catalog.ts'
import { inScope, type Origin } from './reach.ts'
import { includes } from './tier.ts'
import type { WebhookSettings } from './webhook.ts'

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
