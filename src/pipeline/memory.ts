import type { Store } from '../store/database.ts'
import type { ClaimedInstance } from '../store/looks.ts'
import { type PluginState, recall } from '../store/states.ts'
import type { PluginLook } from './look.ts'

/** What the plugins remember of one instance, as this process knows it. */
export interface Recollection {
  /** The version of the stored rows it grew from. */
  readonly version: number
  readonly states: ReadonlyMap<string, PluginState>
  /** Plugins whose state has changed since it was last written. */
  readonly unwritten: ReadonlySet<string>
  readonly writtenAt: number
}

/** Learned state moves with every look; it is written at most this often. */
const writeEveryMs = 60_000

/**
 * What the plugins remember, held in memory and written when it matters: with every event, at first
 * sight, when an error comes or goes, else once a minute. Another replica's writes are noticed by
 * the version that comes with the claim.
 */
export function createMemory(store: Store) {
  const known = new Map<string, Recollection>()

  return {
    /** Current recollections of these instances; reads only those that others have changed. */
    async of(claimed: readonly ClaimedInstance[]): Promise<Map<string, Recollection>> {
      const stale = claimed.filter(
        ({ id, stateVersion }) => known.get(id)?.version !== stateVersion,
      )
      const states = await recall(
        store,
        stale.map(({ id }) => id),
      )
      for (const { id, stateVersion } of stale) {
        const own = states.filter(({ instanceId }) => instanceId === id)
        known.set(id, {
          version: stateVersion,
          states: new Map(own.map((state) => [state.plugin, state])),
          unwritten: new Set(),
          // First sight is written at once: cursors must survive a restart from the beginning.
          writtenAt: 0,
        })
      }
      return new Map(
        claimed.flatMap(({ id }) => {
          const one = known.get(id)
          return one === undefined ? [] : [[id, one] as const]
        }),
      )
    },
    keep(instanceId: string, recollection: Recollection): void {
      known.set(instanceId, recollection)
    },
    forget(instanceId: string): void {
      known.delete(instanceId)
    },
  }
}

/** The recollection after a look, and the rows to write now. */
export function recollect(
  instanceId: string,
  before: Recollection,
  looks: readonly PluginLook[],
  { now, mustWrite }: { now: number; mustWrite: boolean },
): { after: Recollection; write: readonly PluginState[] } {
  const states = new Map(before.states)
  const unwritten = new Set(before.unwritten)
  let urgent = mustWrite
  for (const { plugin, state, error } of looks) {
    const last = states.get(plugin)
    const next = { instanceId, plugin, state: state ?? last?.state ?? null, error }
    if (last !== undefined && last.error === error && same(last.state, next.state)) continue
    if (last === undefined && next.state === null && error === null) continue
    if ((last?.error ?? null) !== error) urgent = true
    states.set(plugin, next)
    unwritten.add(plugin)
  }
  const due = urgent || now - before.writtenAt >= writeEveryMs
  if (unwritten.size === 0 || !due) return { after: { ...before, states, unwritten }, write: [] }
  return {
    after: { version: before.version + 1, states, unwritten: new Set(), writtenAt: now },
    write: [...states.values()].filter(({ plugin }) => unwritten.has(plugin)),
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
