import type { Catalog, CatalogEvent } from '../rules/catalog.ts'
import type { Formats } from '../rules/formats.ts'
import { alertResolved } from '../rules/operational.ts'
import { type Origin, subscribes } from '../rules/subscription.ts'
import type { Store } from '../store/database.ts'
import { enabledWebhooks, type Webhook, webhooksRevision } from '../store/webhooks.ts'

/** The enabled webhooks of one moment, ready to be asked who wants what. */
export interface Subscribers {
  readonly revision: number
  readonly byId: ReadonlyMap<string, Webhook>
  /** Those that want this event from there. */
  of(type: string, origin: Origin): readonly Webhook[]
  /** Whether this one hears of the end of its alerts: it asks for that, or its format needs it. */
  hearsResolved(webhook: Webhook): boolean
}

/** Answers with the webhooks in force; reads them again only when one has changed. */
export interface SubscriberCache {
  current(revision?: number): Promise<Subscribers>
}

export function createSubscriberCache(
  store: Store,
  catalog: Catalog,
  formats: Formats,
): SubscriberCache {
  let held: Promise<Subscribers> | undefined
  let heldRevision = -1

  async function load(revision: number): Promise<Subscribers> {
    const webhooks = await enabledWebhooks(store)
    return { revision, ...index(catalog, formats, webhooks) }
  }

  return {
    async current(known) {
      const revision = known ?? (await webhooksRevision(store))
      if (held === undefined || revision !== heldRevision) {
        heldRevision = revision
        const loading = load(revision)
        // A failed load must not be what everybody gets from now on.
        loading.catch(() => {
          if (held === loading) held = undefined
        })
        held = loading
      }
      return held
    },
  }
}

function index(
  catalog: Catalog,
  formats: Formats,
  webhooks: readonly Webhook[],
): Omit<Subscribers, 'revision'> {
  const resolving = new Set(
    webhooks.filter(({ format }) => formats.find(format)?.resolves === true),
  )
  const wants = (webhook: Webhook, event: CatalogEvent, where: Origin | 'anywhere'): boolean => {
    const asked = where === 'anywhere' ? { ...webhook, instances: undefined } : webhook
    const origin = where === 'anywhere' ? {} : where
    if (subscribes(asked, event, origin)) return true
    // What ends a trouble is for every receiver that keeps it open until then.
    const ended = catalog.events.get(event.declaration.resolves ?? '')
    return ended !== undefined && resolving.has(webhook) && subscribes(asked, ended, origin)
  }
  const byEvent = new Map(
    [...catalog.events].map(([type, event]) => {
      // Scope is asked per event: it depends on where the event comes from.
      const anywhere = webhooks.filter((webhook) => wants(webhook, event, 'anywhere'))
      return [type, { event, anywhere }]
    }),
  )
  return {
    byId: new Map(webhooks.map((webhook) => [webhook.id, webhook])),
    of(type, origin) {
      const { event, anywhere } = byEvent.get(type) ?? {}
      if (event === undefined || anywhere === undefined) return []
      return anywhere.filter((webhook) => wants(webhook, event, origin))
    },
    hearsResolved: (webhook) =>
      resolving.has(webhook) ||
      (webhook.eventsPolicy === 'include' && webhook.events.includes(alertResolved.type)),
  }
}
