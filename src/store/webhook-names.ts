import { inArray } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { webhooks } from './schema/index.ts'

/** What these webhooks are called. */
export async function namesOf({ db }: Store, ids: readonly string[]): Promise<Map<string, string>> {
  const known = [...new Set(ids)].filter(isId)
  if (known.length === 0) return new Map()
  const found = await db
    .select({ id: webhooks.id, name: webhooks.name })
    .from(webhooks)
    .where(inArray(webhooks.id, known))
  return new Map(found.map(({ id, name }) => [id, name]))
}
