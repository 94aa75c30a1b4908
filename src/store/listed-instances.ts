import { and, eq, notInArray } from 'drizzle-orm'
import type { Store } from './database.ts'
import { newId } from './ids.ts'
import { deleteInstance, forgetDiscovered, isLonely, type ListedInstance } from './instances.ts'
import { databaseNow } from './schema/columns.ts'
import { instances } from './schema/index.ts'

/**
 * Brings the instances of the environment's list in step with it: new ones are added, changed ones
 * updated, those no longer listed removed. Those that came over the API are left alone. The others
 * are looked at at once, unless `leaveKnown` says to leave alone what has not changed.
 */
export async function syncInstances(
  store: Store,
  listed: readonly ListedInstance[],
  { leaveKnown = false } = {},
): Promise<void> {
  const { db, vault } = store
  const known = leaveKnown ? await knownListed(store) : new Map<string, string>()
  const kept: string[] = []
  for (const one of listed) {
    const unchanged = known.get(identity(one))
    if (unchanged !== undefined) {
      kept.push(unchanged)
      continue
    }
    const { name, url, host, port } = one
    const sealed = await vault.seal(url)
    const [row] = await db
      .insert(instances)
      .values({ id: newId(), name, url: sealed, host, port, source: 'environment' })
      .onConflictDoUpdate({
        target: [instances.host, instances.port],
        set: {
          ...{ name, url: sealed, source: 'environment' as const, discoveredBy: null },
          ...{ lacks: {}, nextLookAt: databaseNow },
        },
      })
      .returning({ id: instances.id })
    if (row === undefined) continue
    kept.push(row.id)
    if (isLonely(url)) await forgetDiscovered(db, [row.id])
  }
  const gone = await db
    .select({ id: instances.id })
    .from(instances)
    .where(
      and(
        eq(instances.source, 'environment'),
        kept.length === 0 ? undefined : notInArray(instances.id, kept),
      ),
    )
  for (const { id } of gone) await deleteInstance(store, id)
}

const identity = ({ name, url }: Pick<ListedInstance, 'name' | 'url'>) =>
  JSON.stringify([name, url])

/** The environment's instances as they are stored: ids by what the environment says of them. */
async function knownListed({ db, vault }: Store): Promise<Map<string, string>> {
  const stored = await db.select().from(instances).where(eq(instances.source, 'environment'))
  const known = new Map<string, string>()
  for (const { id, name, url } of stored) {
    // Sealed with another key it is written anew.
    const opened = await vault.open(url).catch(() => undefined)
    if (opened !== undefined) known.set(identity({ name, url: opened }), id)
  }
  return known
}
