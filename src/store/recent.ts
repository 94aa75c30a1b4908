/** Of a moment, epoch milliseconds. */
interface Dated {
  readonly at: number
}

/** What there is of some since then, by id, the oldest first; those with nothing may be absent. */
export type ReadSince<Item> = (
  ids: readonly string[],
  since: Date,
) => Promise<ReadonlyMap<string, readonly Item[]>>

/** What is recent of these, by id, the oldest first. */
export type Recent<Item> = (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly Item[]>>

/** Those held: several pages of them, a megabyte or two. */
const mostHeld = 200

/**
 * Keeps what it has read and reads only what may have come or changed since: pages are shown again
 * every few seconds, and what they tell of the past is most of what they tell. After `settledMs` an
 * item is what it will be; after `lastsMs` it is recent no more.
 */
export function createRecent<Item extends Dated>(
  read: ReadSince<Item>,
  { lastsMs, settledMs }: { readonly lastsMs: number; readonly settledMs: number },
): Recent<Item> {
  const held = new Map<string, { readonly asked: number; readonly items: readonly Item[] }>()

  return async (ids) => {
    const now = Date.now()
    const begin = now - lastsMs
    const since = (group: readonly string[]) =>
      group.reduce((least, id) => Math.min(least, (held.get(id)?.asked ?? 0) - settledMs), now)
    const groups = [ids.filter((id) => held.has(id)), ids.filter((id) => !held.has(id))]
    const news = await Promise.all(
      groups.map((group) => read(group, new Date(Math.max(begin, since(group))))),
    )
    const all = ids.map((id): [string, readonly Item[]] => {
      const fresh = news.flatMap((found) => found.get(id) ?? [])
      const from = fresh[0]?.at ?? now
      const kept = held.get(id)?.items.filter(({ at }) => at < from) ?? []
      return [id, [...kept, ...fresh].filter(({ at }) => at >= begin)]
    })
    for (const [id, items] of all) {
      // The one shown last is the last to go.
      held.delete(id)
      held.set(id, { asked: now, items })
    }
    for (const id of held.keys()) if (held.size > mostHeld) held.delete(id)
    return new Map(all)
  }
}
