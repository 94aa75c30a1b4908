import type { Catalog, CatalogEvent } from './catalog.ts'
import type { Formats } from './formats.ts'
import { alertResolved } from './operational.ts'
import { inScope, type Origin } from './reach.ts'
import { subscribes } from './subscription.ts'
import type { WebhookSettings } from './webhook.ts'

/** Which events webhooks hear of, their formats considered. */
export interface Hearing {
  /** Wherever it comes from. */
  hears(webhook: WebhookSettings, event: CatalogEvent): boolean
  hearsFrom(webhook: WebhookSettings, event: CatalogEvent, origin: Origin): boolean
  /** Whether this one hears of the end of its alerts: it asks for that, or its format needs it. */
  hearsResolved(webhook: WebhookSettings): boolean
}

export function createHearing(catalog: Catalog, formats: Formats): Hearing {
  const resolves = ({ format }: WebhookSettings) => formats.find(format)?.resolves === true

  function hears(webhook: WebhookSettings, event: CatalogEvent): boolean {
    const anywhere = { ...webhook, instances: undefined }
    if (subscribes(anywhere, event, {})) return true
    // What ends a trouble is for every receiver that keeps it open until then.
    const ended = catalog.events.get(event.declaration.resolves ?? '')
    return ended !== undefined && resolves(webhook) && subscribes(anywhere, ended, {})
  }

  return {
    hears,
    hearsFrom: (webhook, event, origin) =>
      inScope(webhook.instances, origin) && hears(webhook, event),
    hearsResolved: (webhook) =>
      resolves(webhook) ||
      (webhook.eventsPolicy === 'include' && webhook.events.includes(alertResolved.type)),
  }
}
