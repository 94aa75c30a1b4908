import { type Alert, alertVersions, standingAlerts } from '../store/alerts.ts'
import type { Store } from '../store/database.ts'

/** The alerts of one kind on one thing, by webhook. The same object while nothing changes. */
export type AlertsByWebhook = ReadonlyMap<string, Alert>
/** What tells alerts of one kind on one thing from others. */
type AlertPlace = Pick<Alert, 'instance' | 'eventType' | 'subject'>

/** Alerts standing at one moment. */
export interface StandingAlerts {
  at(place: AlertPlace): AlertsByWebhook
}

/** Answers with the alerts standing; reads those of an instance again only when one has changed. */
export interface StandingCache {
  of(instances: readonly string[]): Promise<StandingAlerts>
}

const none: AlertsByWebhook = new Map()
/** Most alerts held in memory, but for those of the instances asked for last. */
const mostHeld = 200_000

interface Held {
  readonly version: number
  readonly size: number
  readonly byKind: ReadonlyMap<string, AlertsByWebhook>
}

/** Nothing stands: for what has no threshold. */
export const noAlerts: StandingAlerts = { at: () => none }

export function createStandingCache(store: Store): StandingCache {
  /** The longest unasked first. */
  const held = new Map<string, Held>()
  let size = 0

  function forget(instance: string): void {
    const known = held.get(instance)
    if (known === undefined) return
    size -= known.size + 1
    held.delete(instance)
  }

  function hold(instance: string, one: Held): void {
    forget(instance)
    held.set(instance, one)
    size += one.size + 1
  }

  return {
    async of(instances) {
      const versions = await alertVersions(store, instances)
      const versionOf = (instance: string) => versions.get(instance) ?? 0
      const stale = instances.filter((it) => held.get(it)?.version !== versionOf(it))
      const alerts = await standingAlerts(store, stale)
      const fresh = byInstance(alerts)
      const found = new Map<string, Held>()
      for (const instance of instances) {
        const known = held.get(instance)
        const one =
          known?.version === versionOf(instance)
            ? known
            : { version: versionOf(instance), ...(fresh.get(instance) ?? nothing) }
        found.set(instance, one)
        // Alerts from before there were versions are read each time, until one of them changes.
        if (one.version > 0 || one.size === 0) hold(instance, one)
      }
      for (const instance of held.keys()) {
        if (size <= mostHeld) break
        forget(instance)
      }
      return { at: (place) => found.get(place.instance)?.byKind.get(kindOf(place)) ?? none }
    },
  }
}

const nothing = { size: 0, byKind: new Map<string, AlertsByWebhook>() }

function byInstance(alerts: readonly Alert[]) {
  const grouped = new Map<string, { size: number; byKind: Map<string, Map<string, Alert>> }>()
  for (const alert of alerts) {
    const own = grouped.get(alert.instance) ?? { size: 0, byKind: new Map() }
    const kind = own.byKind.get(kindOf(alert)) ?? new Map<string, Alert>()
    own.byKind.set(kindOf(alert), kind.set(alert.webhookId, alert))
    grouped.set(alert.instance, { size: own.size + 1, byKind: own.byKind })
  }
  return grouped
}

function kindOf({ eventType, subject }: AlertPlace): string {
  return `${eventType} ${subject}`
}
