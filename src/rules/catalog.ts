import { z } from 'zod'
import { type EventDeclaration, type Tier, tiers } from '../plugin/event.ts'
import type { Plugin } from '../plugin/plugin.ts'
import { operational } from './operational.ts'
import { includes } from './tier.ts'

/** A declared event type and who declared it. */
export interface CatalogEvent {
  readonly declaration: EventDeclaration
  readonly plugin: string
  /** About the service itself: in every tier, and not part of `allowed-events`. */
  readonly operational: boolean
}

/** Everything the plugins declare, folded once at start. */
export interface Catalog {
  readonly plugins: readonly Plugin[]
  /** By event type, in the order of the plugins. */
  readonly events: ReadonlyMap<string, CatalogEvent>
  /** The event each threshold key belongs to. */
  readonly thresholds: ReadonlyMap<string, EventDeclaration>
}

/** Folds the plugins' declarations. Throws where two claim the same name, naming both owners. */
export function createCatalog(plugins: readonly Plugin[]): Catalog {
  const all = [...plugins, operational]
  const names = new Set<string>()
  const events = new Map<string, CatalogEvent>()
  const thresholds = new Map<string, EventDeclaration>()
  for (const plugin of all) {
    if (names.has(plugin.name)) throw new Error(`Two plugins are named "${plugin.name}".`)
    names.add(plugin.name)
    for (const declaration of plugin.events) {
      const { type, threshold } = declaration
      const owner = events.get(type)?.plugin
      if (owner !== undefined)
        throw new Error(`Event type "${type}" is declared by "${owner}" and by "${plugin.name}".`)
      events.set(type, {
        declaration,
        plugin: plugin.name,
        operational: plugin === operational,
      })
      if (threshold === undefined) continue
      const other = thresholds.get(threshold.key)
      if (other !== undefined)
        throw new Error(
          `Threshold key "${threshold.key}" is declared by "${events.get(other.type)?.plugin}" ` +
            `(${other.type}) and by "${plugin.name}" (${type}).`,
        )
      thresholds.set(threshold.key, declaration)
    }
  }
  return { plugins: all, events, thresholds }
}

/** Event types in tier order, those a licence of `tier` allows and those it locks (seed 1). */
export function eventsByLicence(catalog: Catalog, tier: Tier) {
  const ordered = tiers.flatMap((level) =>
    [...catalog.events.values()].filter(
      (event) => !event.operational && event.declaration.tier === level,
    ),
  )
  const types = (allowed: boolean) =>
    ordered
      .filter(({ declaration }) => includes(tier, declaration.tier) === allowed)
      .map(({ declaration }) => declaration.type)
  return { tier, allowedEvents: types(true), lockedEvents: types(false) }
}

/** Those of `types` that a licence of `tier` does not include, with the tier each needs. */
export function lockedEvents(catalog: Catalog, tier: Tier, types: readonly string[]) {
  return types.flatMap((type) => {
    const event = catalog.events.get(type)
    if (event === undefined || event.operational || includes(tier, event.declaration.tier))
      return []
    return [{ event: type, tier: event.declaration.tier }]
  })
}

/** The shape of an event's `data` as a receiver sees it: the reading, its threshold, the message. */
export function payloadSchema({ data, threshold }: EventDeclaration): z.ZodObject {
  return data.safeExtend({
    ...(threshold && {
      threshold: z.number().describe('The limit this webhook has set for it, or the default.'),
    }),
    message: z.string().describe('One line for people.'),
  })
}
