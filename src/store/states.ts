import { inArray, sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { storedJson, storedText } from './rows.ts'
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
  await db
    .insert(pluginStates)
    .values(
      states.map(({ state, error, ...row }) => ({
        ...row,
        state: state == null ? null : sql`${storedJson(state)}::jsonb`,
        error: error && storedText(error),
      })),
    )
    .onConflictDoUpdate({
      target: [pluginStates.instanceId, pluginStates.plugin],
      set: { state: sql`excluded.state`, error: sql`excluded.error`, updatedAt: databaseNow },
    })
}
