import type { Catalog } from '../rules/catalog.ts'
import { type Origin, subscribes } from '../rules/subscription.ts'
import type { Store } from '../store/database.ts'
import { enabledWebhooks, type Webhook, webhooksRevision } from '../store/webhooks.ts'

/** The enabled webhooks of one moment, ready to be asked who wants what. */
export interface Subscribers {
  readonly revision: number
  readonly byId: ReadonlyMap<string, Webhook>
  /** Those that want this event from there. */
  of(type: string, origin: Origin): readonly Webhook[]
}

/** Answers with the webhooks in force; reads them again only when one has changed. */
export interface SubscriberCache {
  current(revision?: number): Promise<Subscribers>
}

export function createSubscriberCache(store: Store, catalog: Catalog): SubscriberCache {
  let held: Promise<Subscribers> | undefined
  let heldRevision = -1

  async function load(revision: number): Promise<Subscribers> {
    const webhooks = await enabledWebhooks(store)
    return { revision, ...index(catalog, webhooks) }
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

function index(catalog: Catalog, webhooks: readonly Webhook[]): Omit<Subscribers, 'revision'> {
  const byEvent = new Map(
    [...catalog.events].map(([type, event]) => {
      // Scope is asked per event: it depends on where the event comes from.
      const anywhere = webhooks.filter((webhook) =>
        subscribes({ ...webhook, instances: undefined }, event, {}),
      )
      return [type, { event, anywhere }]
    }),
  )
  return {
    byId: new Map(webhooks.map((webhook) => [webhook.id, webhook])),
    of(type, origin) {
      const { event, anywhere } = byEvent.get(type) ?? {}
      if (event === undefined || anywhere === undefined) return []
      return anywhere.filter((webhook) => subscribes(webhook, event, origin))
    },
  }
}
