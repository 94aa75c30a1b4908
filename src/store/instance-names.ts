import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { anyOf } from './rows.ts'
import { instances } from './schema/index.ts'

/** What these instances are called; those not under watch are absent. */
export async function instanceNames(
  { db }: Store,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const known = [...new Set(ids)].filter(isId)
  if (known.length === 0) return new Map()
  const found = await db
    .select({ id: instances.id, name: instances.name })
    .from(instances)
    .where(sql`${instances.id} = ${anyOf(known)}`)
  return new Map(found.map(({ id, name }) => [id, name]))
}
