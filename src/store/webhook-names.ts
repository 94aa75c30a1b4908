import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { anyOf } from './rows.ts'
import { webhooks } from './schema/index.ts'

/** What is said of a webhook where it is not the subject. */
export interface WebhookName {
  readonly name: string
  /** Its own; null where it has the default. */
  readonly hysteresisFactor: number | null
}

/** What these webhooks are called. */
export async function namesOf(
  { db }: Store,
  ids: readonly string[],
): Promise<Map<string, WebhookName>> {
  const known = [...new Set(ids)].filter(isId)
  if (known.length === 0) return new Map()
  const found = await db
    .select({
      id: webhooks.id,
      name: webhooks.name,
      hysteresisFactor: sql<
        number | null
      >`(${webhooks.settings}->'alertConfig'->>'hysteresisFactor')::float8`,
    })
    .from(webhooks)
    .where(sql`${webhooks.id} = ${anyOf(known)}`)
  return new Map(found.map(({ id, ...rest }) => [id, rest]))
}
