import type { Store } from './database.ts'
import { type Reading, readingsOf } from './samples.ts'

const hourMs = 3_600_000
/** A minute's sample is there soon after it; the clocks of those who take them differ by less. */
const settledMs = 5 * 60_000
/** Instances held: many pages of them, a megabyte or two. */
const mostHeld = 200

/** The last hour of these instances, the oldest reading first. */
export type RecentReadings = (ids: readonly string[]) => Promise<Map<string, readonly Reading[]>>

/**
 * Keeps what it has read of an instance and reads only what may have come since: a page is shown
 * again every few seconds, and an hour of twelve instances is a hundred kilobytes.
 */
export function createRecentReadings(store: Store): RecentReadings {
  const held = new Map<string, { readonly asked: number; readonly readings: readonly Reading[] }>()

  return async (ids) => {
    const now = Date.now()
    const hourAgo = now - hourMs
    const settled = (id: string) => Math.max(hourAgo, (held.get(id)?.asked ?? 0) - settledMs)
    const groups = [ids.filter((id) => held.has(id)), ids.filter((id) => !held.has(id))]
    const found = await Promise.all(
      groups.map((group) =>
        readingsOf(store, group, new Date(Math.min(now, ...group.map(settled)))),
      ),
    )
    const news = new Map(found.flatMap((group) => [...group]))
    const all = ids.map((id): [string, readonly Reading[]] => {
      const fresh = news.get(id) ?? []
      const from = fresh[0]?.at ?? now
      const kept = (held.get(id)?.readings ?? []).filter(({ at }) => at >= hourAgo && at < from)
      return [id, [...kept, ...fresh]]
    })
    for (const [id, readings] of all) {
      // The one shown last is the last to go.
      held.delete(id)
      held.set(id, { asked: now, readings })
    }
    for (const id of held.keys()) if (held.size > mostHeld) held.delete(id)
    return new Map(all)
  }
}
