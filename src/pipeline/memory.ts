import type { Store } from '../store/database.ts'
import type { ClaimedInstance } from '../store/looks.ts'
import { type PluginState, recall } from '../store/states.ts'
import type { PluginLook } from './look.ts'
import { phaseOf } from './phase.ts'
import { isSame } from './same.ts'

/** What the plugins remember of one instance, as this process knows it. */
export interface Recollection {
  /** The version of the stored rows it grew from. */
  readonly version: number
  readonly states: ReadonlyMap<string, PluginState>
  /** Plugins whose state has changed since it was last written. */
  readonly unwritten: ReadonlySet<string>
  /** When each plugin's state may be written again although nothing happened; absent: at once. */
  readonly writeAfter: ReadonlyMap<string, number>
}

/** Learned state moves with every look; it is written at most this often. */
const writeEveryMs = 60_000
/** And the larger, the more rarely: so many bytes a second, at most, of each plugin and instance. */
const bytesPerSecond = 80

/**
 * What the plugins remember, held in memory and written when it matters: with every event, at first
 * sight, when an error comes or goes, when something is under way, else now and then. Another replica's writes are noticed by
 * the version that comes with the claim.
 */
export function createMemory(store: Store, now: () => number) {
  const known = new Map<string, Recollection>()
  const usedAt = new Map<string, number>()

  function forget(instanceId: string): void {
    known.delete(instanceId)
    usedAt.delete(instanceId)
  }

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
          writeAfter: new Map(),
        })
      }
      return new Map(
        claimed.flatMap(({ id }) => {
          const one = known.get(id)
          usedAt.set(id, now())
          return one === undefined ? [] : [[id, one] as const]
        }),
      )
    },
    keep(instanceId: string, recollection: Recollection): void {
      known.set(instanceId, recollection)
    },
    forget,
    /** Forgets those not asked for since `before`: they are gone, or another replica's. */
    sweep(before: number): void {
      for (const [id, at] of usedAt) if (at < before) forget(id)
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
  // A plugin that wants to look again soon has seen something begin, which another replica may end.
  let urgent = mustWrite || looks.some(({ recheckMs }) => recheckMs !== undefined)
  for (const { plugin, state, error } of looks) {
    const last = states.get(plugin)
    const next = { instanceId, plugin, state: state ?? last?.state ?? null, error }
    if (last !== undefined && last.error === error && isSame(last.state, next.state)) continue
    if (last === undefined && next.state === null && error === null) continue
    if ((last?.error ?? null) !== error) urgent = true
    states.set(plugin, next)
    unwritten.add(plugin)
  }
  // First sight is written at once: cursors must survive a restart from the beginning.
  const write = [...states.values()].filter(
    ({ plugin }) =>
      unwritten.has(plugin) && (urgent || now >= (before.writeAfter.get(plugin) ?? now)),
  )
  if (write.length === 0) return { after: { ...before, states, unwritten }, write }
  const writeAfter = new Map(before.writeAfter)
  for (const { plugin, state } of write) {
    unwritten.delete(plugin)
    const waitMs = Math.max(writeEveryMs, (sizeOf(state) / bytesPerSecond) * 1000)
    // Those first seen together are not to be written together ever after.
    const share = before.writeAfter.has(plugin) ? 1 : 1 + phaseOf(instanceId)
    writeAfter.set(plugin, now + waitMs * share)
  }
  return { after: { version: before.version + 1, states, unwritten, writeAfter }, write }
}

const sizeOf = (state: unknown) => JSON.stringify(state).length
