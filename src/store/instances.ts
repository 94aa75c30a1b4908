import { asc, eq, gt, inArray, or, sql } from 'drizzle-orm'
import { parseAddress } from '../rules/address.ts'
import type { Database, Store } from './database.ts'
import { alreadyThere } from './fault.ts'
import { isId, newId } from './ids.ts'
import { rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { alerts, instances } from './schema/index.ts'

/** An instance as it is stored; its URL is sealed, since it may hold a password. */
export type Instance = typeof instances.$inferSelect

/** What a user may set on an instance. `url` is the whole URL, password included. */
export interface InstanceSettings {
  readonly name: string
  readonly url: string
  readonly host: string
  readonly port: number
  readonly labels: Record<string, string>
  readonly enabled: boolean
  readonly pollIntervalMs: number | null
}

/** An instance that the environment lists. */
export type ListedInstance = Pick<InstanceSettings, 'name' | 'url' | 'host' | 'port'>

/** By id, oldest first, those after `after`. */
export async function listInstances(
  { db }: Store,
  page: { limit: number; after?: string | undefined },
): Promise<Instance[]> {
  return db
    .select()
    .from(instances)
    .where(page.after === undefined ? undefined : gt(instances.id, page.after))
    .orderBy(asc(instances.id))
    .limit(page.limit)
}

export async function findInstance({ db }: Store, id: string): Promise<Instance | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.select().from(instances).where(eq(instances.id, id))
  return row
}

/** Undefined where that host and port are under watch already. */
export async function insertInstance(
  { db, vault }: Store,
  settings: InstanceSettings,
): Promise<Instance | undefined> {
  const [row] = await db
    .insert(instances)
    .values({ id: newId(), ...settings, url: await vault.seal(settings.url), source: 'api' })
    .onConflictDoNothing()
    .returning()
  return row
}

/** Undefined where it is gone; `taken` where another instance has that host and port. */
export async function updateInstance(
  { db, vault }: Store,
  id: string,
  { url, ...settings }: Partial<InstanceSettings>,
): Promise<Instance | 'taken' | undefined> {
  try {
    const [row] = await db
      .update(instances)
      .set({
        ...settings,
        // Another user may be allowed other things.
        ...(url !== undefined && { url: await vault.seal(url), lacks: {} }),
        updatedAt: databaseNow,
        // Whatever was under way looked at the old settings: it no longer counts.
        lookId: null,
        nextLookAt: databaseNow,
      })
      .where(eq(instances.id, id))
      .returning()
    if (url !== undefined && isLonely(url)) await forgetDiscovered(db, [id])
    return row
  } catch (error) {
    if (alreadyThere(error)) return 'taken'
    throw error
  }
}

/** Removes an instance, what plugins remember of it, and its alerts. Its events stay. */
export async function deleteInstance({ db }: Store, id: string): Promise<boolean> {
  if (!isId(id)) return false
  return db.transaction(async (tx) => {
    await forgetDiscovered(tx, [id])
    const gone = await tx
      .delete(instances)
      .where(eq(instances.id, id))
      .returning({ id: instances.id })
    await tx.delete(alerts).where(eq(alerts.instance, id))
    return gone.length > 0
  })
}

/** Removes the instances found through these. */
export async function forgetDiscovered(db: Database, seedIds: readonly string[]): Promise<void> {
  if (seedIds.length === 0) return
  const gone = await db
    .delete(instances)
    .where(inArray(instances.discoveredBy, [...seedIds]))
    .returning({ id: instances.id })
  const ids = gone.map(({ id }) => id)
  if (ids.length > 0) await db.delete(alerts).where(inArray(alerts.instance, ids))
}

/** Whether others are not found through this one. */
export const isLonely = (url: string) => parseAddress(url).discover === undefined

/** Those of these that are under watch, by id or by host and port. */
export async function findInstances(
  { db }: Store,
  named: {
    readonly ids: readonly string[]
    readonly addresses: readonly Pick<InstanceSettings, 'host' | 'port'>[]
  },
): Promise<Instance[]> {
  const ids = named.ids.filter(isId)
  const addresses = rows(
    { host: 'text', port: 'int' },
    named.addresses.map(({ host, port }) => ({ host, port })),
  )
  if (ids.length + named.addresses.length === 0) return []
  return db
    .select()
    .from(instances)
    .where(
      or(
        ids.length === 0 ? undefined : inArray(instances.id, ids),
        named.addresses.length === 0
          ? undefined
          : sql`(${instances.host}, ${instances.port}) in (select u.host, u.port from ${addresses})`,
      ),
    )
}
