import type { EventDeclaration } from '../plugin/event.ts'
import type { Catalog } from '../rules/catalog.ts'
import type { Formats } from '../rules/formats.ts'
import { createHearing, type Hearing } from '../rules/hearing.ts'
import { indexLimits, type Limit, type LimitIndex } from '../rules/judge.ts'
import { groupByScope, type Origin } from '../rules/reach.ts'
import type { Store } from '../store/database.ts'
import { enabledWebhooks, type Webhook, webhooksRevision } from '../store/webhooks.ts'

/** The enabled webhooks of one moment, ready to be asked who wants what. */
export interface Subscribers {
  readonly revision: number
  readonly byId: ReadonlyMap<string, Webhook>
  /** Those that want this event from there. */
  of(type: string, origin: Origin): readonly Webhook[]
  /** What those hold its readings against, each webhook once. */
  limits(type: string, origin: Origin): readonly LimitIndex[]
  readonly hearing: Hearing
  /** Those that say `maxInFlight`, by id. */
  readonly limited: readonly string[]
}

/** Answers with the webhooks in force; reads them again only when one has changed. */
export interface SubscriberCache {
  current(revision?: number): Promise<Subscribers>
  /** As they were last read: for those who have the revision checked as they commit. */
  lately(): Promise<Subscribers>
}

export function createSubscriberCache(
  store: Store,
  catalog: Catalog,
  formats: Formats,
): SubscriberCache {
  const hearing = createHearing(catalog, formats)
  let held: Promise<Subscribers> | undefined
  let heldRevision = -1

  async function load(revision: number): Promise<Subscribers> {
    const webhooks = await enabledWebhooks(store)
    return { revision, ...index(catalog, hearing, webhooks) }
  }

  async function current(known?: number): Promise<Subscribers> {
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
  }

  return { current, lately: () => held ?? current() }
}

/** What a webhook holds readings of such an event against. */
export function limitOf(
  { threshold }: EventDeclaration,
  { id, thresholds, alertConfig }: Webhook,
): Limit {
  const set = threshold && (thresholds?.[threshold.key] ?? threshold.default)
  return {
    webhookId: id,
    threshold: set === 0 && threshold?.auto !== undefined ? 'auto' : (set ?? Number.NaN),
    hysteresisFactor: alertConfig?.hysteresisFactor,
  }
}

/** Sorted by event type when one is first asked for: most webhooks hear of few. */
function index(
  catalog: Catalog,
  hearing: Hearing,
  webhooks: readonly Webhook[],
): Omit<Subscribers, 'revision'> {
  const grouped = new Map<string, ReturnType<typeof groupByScope<Webhook>>>()
  const limits = new WeakMap<readonly Webhook[], LimitIndex>()

  function groups(type: string, origin: Origin): readonly (readonly Webhook[])[] {
    const event = catalog.events.get(type)
    if (event === undefined) return []
    const known =
      grouped.get(type) ?? groupByScope(webhooks.filter((webhook) => hearing.hears(webhook, event)))
    grouped.set(type, known)
    return known(origin)
  }

  return {
    hearing,
    byId: new Map(webhooks.map((webhook) => [webhook.id, webhook])),
    limited: webhooks.flatMap(({ id, maxInFlight }) => (maxInFlight === undefined ? [] : id)),
    of: (type, origin) => groups(type, origin).flat(),
    limits(type, origin) {
      const declaration = catalog.events.get(type)?.declaration
      if (declaration === undefined) return []
      return groups(type, origin).map((group) => {
        const known =
          limits.get(group) ??
          indexLimits(
            group.map((webhook) => limitOf(declaration, webhook)),
            declaration.threshold?.direction ?? 'above',
          )
        limits.set(group, known)
        return known
      })
    },
  }
}
