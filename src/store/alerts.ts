import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { isId } from './ids.ts'
import { resultRows, rows } from './rows.ts'
import { alerts } from './schema/index.ts'

/** A threshold standing crossed for one webhook. */
export type Alert = typeof alerts.$inferSelect
export type AlertKey = Pick<Alert, 'webhookId' | 'instance' | 'eventType' | 'subject'>

/** One string for one alert. */
export function alertKey({ webhookId, instance, eventType, subject }: AlertKey): string {
  return JSON.stringify([webhookId, instance, eventType, subject])
}

/** Alerts standing on these instances. */
export async function standingAlerts(
  { db }: { db: Database },
  instances: readonly string[],
): Promise<Alert[]> {
  if (instances.length === 0) return []
  return db
    .select()
    .from(alerts)
    .where(inArray(alerts.instance, [...instances]))
}

const keyColumns = { webhook_id: 'uuid', instance: 'text', event_type: 'text', subject: 'text' }

function keyValues({ webhookId, instance, eventType, subject }: AlertKey) {
  return { webhook_id: webhookId, instance, event_type: eventType, subject }
}

/** In one order everywhere, so that two transactions never wait for each other. */
function ordered<Key extends AlertKey>(keys: readonly Key[]): Key[] {
  return keys.toSorted((a, b) => (alertKey(a) < alertKey(b) ? -1 : 1))
}

/** Raises alerts; answers those that did not stand already. */
export async function raiseAlerts(db: Database, raised: readonly Alert[]): Promise<AlertKey[]> {
  if (raised.length === 0) return []
  return db.insert(alerts).values(ordered(raised)).onConflictDoNothing().returning({
    webhookId: alerts.webhookId,
    instance: alerts.instance,
    eventType: alerts.eventType,
    subject: alerts.subject,
  })
}

/** Clears alerts; answers those that stood until now. */
export async function clearAlerts(db: Database, keys: readonly AlertKey[]): Promise<AlertKey[]> {
  if (keys.length === 0) return []
  const cleared = await db.execute(sql`
    delete from alerts using ${rows(keyColumns, ordered(keys).map(keyValues))}
    where alerts.webhook_id = u.webhook_id and alerts.instance = u.instance
      and alerts.event_type = u.event_type and alerts.subject = u.subject
    returning alerts.webhook_id as "webhookId", alerts.instance, alerts.event_type as "eventType",
      alerts.subject`)
  return resultRows<AlertKey>(cleared)
}

/** Records the latest worst readings of standing alerts. */
export async function markPeaks(
  { db }: { db: Database },
  peaks: readonly (AlertKey & Pick<Alert, 'peak' | 'value'>)[],
): Promise<void> {
  if (peaks.length === 0) return
  const u = rows(
    { ...keyColumns, peak: 'float8', value: 'float8' },
    ordered(peaks).map((alert) => ({ ...keyValues(alert), peak: alert.peak, value: alert.value })),
  )
  await db.execute(sql`
    update alerts set peak = u.peak, value = u.value from ${u}
    where alerts.webhook_id = u.webhook_id and alerts.instance = u.instance
      and alerts.event_type = u.event_type and alerts.subject = u.subject`)
}

export interface AlertFilter {
  readonly webhook?: string | undefined
  readonly instance?: string | undefined
  readonly event?: string | undefined
}

const order = sql.join(
  [alerts.since, alerts.webhookId, alerts.instance, alerts.eventType, alerts.subject],
  sql`, `,
)

/** Alerts standing, the oldest first, those after `after`. */
export async function listAlerts(
  { db }: Store,
  { webhook, instance, event }: AlertFilter,
  page: { limit: number; after?: (AlertKey & { since: Date }) | undefined },
): Promise<Alert[]> {
  if (webhook !== undefined && !isId(webhook)) return []
  const { after } = page
  return db
    .select()
    .from(alerts)
    .where(
      and(
        webhook === undefined ? undefined : eq(alerts.webhookId, webhook),
        instance === undefined ? undefined : eq(alerts.instance, instance),
        event === undefined ? undefined : eq(alerts.eventType, event),
        after &&
          sql`(${order}) > (${after.since.toISOString()}::timestamptz, ${after.webhookId}::uuid,
            ${after.instance}, ${after.eventType}, ${after.subject})`,
      ),
    )
    .orderBy(order)
    .limit(page.limit)
}
