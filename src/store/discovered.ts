import { eq } from 'drizzle-orm'
import type { Store } from './database.ts'
import { newId } from './ids.ts'
import { deleteInstance, type Instance, type ListedInstance } from './instances.ts'
import { databaseNow } from './schema/columns.ts'
import { instances } from './schema/index.ts'

/** How the instances found through another one changed, by name. */
export interface Discovered {
  readonly joined: readonly string[]
  readonly left: readonly string[]
}

/**
 * Brings the instances found through `seed` in step with what it says now. Those under watch already
 * are left alone; the others have its labels when they join, its interval, and its password always.
 * With `complete` those it no longer names are removed.
 */
export async function syncDiscovered(
  store: Store,
  seed: Instance,
  members: readonly ListedInstance[],
  { labels, complete }: { labels: Readonly<Record<string, string>>; complete: boolean },
): Promise<Discovered> {
  const { db, vault } = store
  const known = await db.select().from(instances).where(eq(instances.discoveredBy, seed.id))
  const at = ({ host, port }: Pick<Instance, 'host' | 'port'>) => `${host} ${port}`
  const knownAt = new Map(known.map((one) => [at(one), one]))
  const joined: string[] = []
  for (const { name, url, host, port } of members) {
    const there = knownAt.get(at({ host, port }))
    if (there !== undefined) {
      if ((await vault.open(there.url)) === url) continue
      const change = { url: await vault.seal(url), nextLookAt: databaseNow, lookId: null }
      await db.update(instances).set(change).where(eq(instances.id, there.id))
      continue
    }
    const settings = { name, host, port, labels, pollIntervalMs: seed.pollIntervalMs }
    const found = { id: newId(), discoveredBy: seed.id, source: 'discovered' } as const
    const inserted = await db
      .insert(instances)
      .values({ ...settings, ...found, url: await vault.seal(url) })
      .onConflictDoNothing()
      .returning({ name: instances.name })
    joined.push(...inserted.map((row) => row.name))
  }
  const named = new Set(members.map(at))
  const left = complete ? known.filter((one) => !named.has(at(one))) : []
  for (const { id } of left) await deleteInstance(store, id)
  return { joined, left: left.map(({ name }) => name) }
}
