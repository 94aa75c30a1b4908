import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { rows } from './rows.ts'
import { clockVersion } from './schema/columns.ts'
import { alerts, revisions } from './schema/index.ts'

/** A threshold standing crossed for one webhook. */
export type Alert = typeof alerts.$inferSelect
export type AlertKey = Pick<Alert, 'webhookId' | 'instance' | 'eventType' | 'subject'>

/** One string for one alert. */
export function alertKey({ webhookId, instance, eventType, subject }: AlertKey): string {
  return JSON.stringify([webhookId, instance, eventType, subject])
}

/** Alerts standing on these instances. */
export async function standingAlerts(
  { db }: Store,
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

/**
 * The parts of a statement that change alerts, and what then holds those that this has raised or
 * cleared, by webhook and event. In it `live` are the webhooks that are there and `fresh` says
 * whether anything is to happen at all.
 */
export function raisingAlerts({
  raised,
  cleared,
  peaks,
}: {
  readonly raised: readonly Alert[]
  readonly cleared: readonly (AlertKey & Pick<Alert, 'eventId'>)[]
  readonly peaks: readonly (AlertKey & Pick<Alert, 'peak' | 'value'>)[]
}): { ctes: SQL; changed: SQL | undefined } {
  if (raised.length + cleared.length + peaks.length === 0)
    return { ctes: sql``, changed: undefined }
  const same = (other: SQL) => sql`alerts.webhook_id = ${other}.webhook_id
    and alerts.instance = ${other}.instance and alerts.event_type = ${other}.event_type
    and alerts.subject = ${other}.subject`
  const beginning = rows(
    {
      ...keyColumns,
      event_id: 'uuid',
      threshold: 'float8',
      value: 'float8',
      peak: 'float8',
      since: 'timestamptz',
    },
    raised.map(({ eventId, threshold, value, peak, since, ...key }) => ({
      ...keyValues(key),
      event_id: eventId,
      threshold,
      value,
      peak,
      since: since.toISOString(),
    })),
  )
  const ending = rows(
    { ...keyColumns, event_id: 'uuid' },
    cleared.map(({ eventId, ...key }) => ({ ...keyValues(key), event_id: eventId })),
  )
  const worst = rows(
    { ...keyColumns, peak: 'float8', value: 'float8' },
    peaks.map(({ peak, value, ...key }) => ({ ...keyValues(key), peak, value })),
  )
  return {
    // Raised in one order everywhere, so that two transactions never wait for each other.
    ctes: sql`
      raised as (
        insert into alerts (webhook_id, instance, event_type, subject, event_id, threshold, value,
          peak, since)
        select u.webhook_id, u.instance, u.event_type, u.subject, u.event_id, u.threshold, u.value,
          u.peak, u.since
        from ${beginning} join live on live.id = u.webhook_id
        order by u.webhook_id, u.instance, u.event_type, u.subject
        on conflict do nothing returning webhook_id, event_id, instance),
      cleared as (
        delete from alerts using ${ending}, fresh where fresh.yes and ${same(sql`u`)}
        returning alerts.webhook_id, u.event_id, alerts.instance),
      changed as materialized (select * from raised union all select * from cleared),
      worse as (
        update alerts set peak = u.peak, value = u.value from ${worst}, fresh
        where fresh.yes and ${same(sql`u`)} returning alerts.instance),
      versioned as (
        insert into revisions (name, value)
        select ${versionPrefix} || instance, ${clockVersion}
        from (select instance from changed union select instance from worse) touched
        order by 1
        on conflict (name) do update
        set value = greatest(revisions.value + 1, excluded.value)),`,
    changed: sql`changed`,
  }
}

/** Tells alert versions from other revisions. */
export const versionPrefix = 'alerts:'

/** Changes with every change of an alert on these instances; absent where none was ever raised. */
export async function alertVersions(
  { db }: Store,
  instances: readonly string[],
): Promise<Map<string, number>> {
  if (instances.length === 0) return new Map()
  const found = await db
    .select()
    .from(revisions)
    .where(
      inArray(
        revisions.name,
        instances.map((instance) => versionPrefix + instance),
      ),
    )
  return new Map(found.map(({ name, value }) => [name.slice(versionPrefix.length), value]))
}

export interface AlertFilter {
  /** One id, or some of which any will do. */
  readonly webhook?: string | readonly string[] | undefined
  readonly instance?: string | readonly string[] | undefined
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
  const webhooks = webhook === undefined ? undefined : [webhook].flat().filter(isId)
  const instances = instance === undefined ? undefined : [instance].flat()
  if (webhooks?.length === 0 || instances?.length === 0) return []
  const { after } = page
  return db
    .select()
    .from(alerts)
    .where(
      and(
        webhooks && inArray(alerts.webhookId, webhooks),
        instances && inArray(alerts.instance, instances),
        event === undefined ? undefined : eq(alerts.eventType, event),
        after &&
          sql`(${order}) > (${after.since.toISOString()}::timestamptz, ${after.webhookId}::uuid,
            ${after.instance}, ${after.eventType}, ${after.subject})`,
      ),
    )
    .orderBy(order)
    .limit(page.limit)
}
