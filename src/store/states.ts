import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { pluginStates } from './schema/index.ts'

/** What one plugin remembers of one instance, and what went wrong there last. */
export type PluginState = Omit<typeof pluginStates.$inferSelect, 'updatedAt'>

/** What the plugins remember of these instances. */
export async function recall(
  { db }: Store,
  instanceIds: readonly string[],
): Promise<PluginState[]> {
  if (instanceIds.length === 0) return []
  return db
    .select()
    .from(pluginStates)
    .where(inArray(pluginStates.instanceId, [...instanceIds]))
}

/** Every plugin's state and last error, for those who ask how plugins fare. */
export async function pluginReport({ db }: Store) {
  return db
    .select({
      instanceId: pluginStates.instanceId,
      plugin: pluginStates.plugin,
      error: pluginStates.error,
      updatedAt: pluginStates.updatedAt,
    })
    .from(pluginStates)
    .orderBy(pluginStates.plugin, pluginStates.instanceId)
    .limit(10_000)
}

/** Replaces what the plugins remember. */
export async function remember(
  { db }: { db: Database },
  states: readonly PluginState[],
): Promise<void> {
  if (states.length === 0) return
  const u = rows(
    { instance_id: 'uuid', plugin: 'text', state: 'jsonb', error: 'text' },
    states.map(({ instanceId, plugin, state, error }) => ({
      instance_id: instanceId,
      plugin,
      state,
      error,
    })),
  )
  await db.execute(sql`
    insert into plugin_states (instance_id, plugin, state, error)
    select instance_id, plugin, state, error from ${u}
    on conflict (instance_id, plugin) do update set
      state = excluded.state, error = excluded.error, updated_at = ${databaseNow}`)
}

/** What went wrong at the last look of each plugin at an instance, by plugin. */
export async function pluginErrors(
  { db }: Store,
  instanceId: string,
): Promise<Map<string, string>> {
  const found = await db
    .select({ plugin: pluginStates.plugin, error: pluginStates.error })
    .from(pluginStates)
    .where(and(eq(pluginStates.instanceId, instanceId), isNotNull(pluginStates.error)))
  return new Map(found.map(({ plugin, error }) => [plugin, error ?? '']))
}

/** How many instances each plugin had trouble with at its last look, and one such trouble. */
export async function pluginTroubles({ db }: Store) {
  const found = resultRows<{
    plugin: string
    looked: number
    failed: number
    error: string | null
  }>(
    await db.execute(sql`
      select plugin, count(*)::int as looked, count(error)::int as failed, max(error) as error
      from plugin_states group by plugin`),
  )
  return new Map(found.map(({ plugin, ...trouble }) => [plugin, trouble]))
}
