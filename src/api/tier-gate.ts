import { lockedEvents } from '../rules/catalog.ts'
import type { WebhookSettings } from '../rules/webhook.ts'
import { Problem } from './problem.ts'
import type { Service } from './service.ts'

/**
 * Refuses events that the licence does not include (seed 1, "Create Webhook"), naming each with the
 * tier it needs. Leaving out a locked event is no subscription to it.
 */
export function checkTier(
  { catalog, tier }: Service,
  { events, eventsPolicy }: Pick<WebhookSettings, 'events' | 'eventsPolicy'>,
): void {
  if (eventsPolicy === 'exclude') return
  const locked = lockedEvents(catalog, tier(), events)
  if (locked.length === 0) return
  const named = locked.map(({ event, tier }) => `${event} needs ${tier}`).join(', ')
  throw new Problem(
    'locked-events',
    `The licence in force is ${tier()}: ${named}. Leave these events out, or use a licence that includes them.`,
    { members: { lockedEvents: locked } },
  )
}
