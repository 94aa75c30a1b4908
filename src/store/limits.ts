import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'
import { webhooksRevision } from './webhooks.ts'

/** The lowest and the highest limit that webhooks have set, by threshold key. */
export type LimitsSet = ReadonlyMap<string, { readonly low: number; readonly high: number }>

/** Reads the limits of all webhooks, and keeps them until one changes. */
export function createLimitsSet(store: Store): () => Promise<LimitsSet> {
  let held: { readonly revision: number; readonly limits: LimitsSet } | undefined
  return async () => {
    const revision = await webhooksRevision(store)
    if (held?.revision !== revision) held = { revision, limits: await read(store) }
    return held.limits
  }
}

async function read({ db }: Store): Promise<LimitsSet> {
  const found = resultRows<{ key: string; low: number; high: number }>(
    await db.execute(sql`
      select t.key, min(t.value::float8) as low, max(t.value::float8) as high
      from webhooks, jsonb_each_text(coalesce(settings->'thresholds', '{}')) t
      where enabled and t.value::float8 > 0 group by t.key`),
  )
  return new Map(found.map(({ key, low, high }) => [key, { low, high }]))
}
