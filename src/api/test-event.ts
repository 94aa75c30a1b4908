import type { Catalog, CatalogEvent } from '../rules/catalog.ts'
import type { WebhookSettings } from '../rules/webhook.ts'
import { invalid } from './problem.ts'

/** What is sent to a webhook without events of its own (seed 1, "Test Webhook"). */
const fallback = 'instance.down'

/** The event a test request shows: the one asked for, else the first subscribed one, else the fallback. */
export function testEvent(
  { events }: Catalog,
  webhook: Pick<WebhookSettings, 'events' | 'eventsPolicy'>,
  asked: string | undefined,
): CatalogEvent {
  const wanted = asked === undefined ? [] : [asked]
  const subscribed = webhook.eventsPolicy === 'include' ? webhook.events : []
  for (const type of [...wanted, ...subscribed, fallback, ...events.keys()]) {
    const event = events.get(type)
    if (event !== undefined) return event
  }
  throw invalid([{ pointer: '/event', message: 'No plugin here declares any event' }])
}
