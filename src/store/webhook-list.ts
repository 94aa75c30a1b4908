import { type SQL, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { resultRows } from './rows.ts'
import type { DeliveryStatus } from './schema/index.ts'

/** A webhook at a glance. */
export interface WebhookRow {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly enabled: boolean
  readonly disabledReason: string | null
  readonly events: readonly string[]
  readonly eventsPolicy: 'include' | 'exclude'
  readonly format: string
  /** Failures in a row; null where the last attempt succeeded. */
  readonly failures: number | null
  /** Nothing is sent until then but probes, epoch milliseconds. */
  readonly deferredUntil: number | null
  readonly lastStatus: DeliveryStatus | null
  readonly lastCode: number | null
  readonly lastAt: number | null
}

/** Which webhooks to list. */
export interface WebhooksWanted {
  readonly text?: string
  readonly state?: 'enabled' | 'paused' | 'failing' | undefined
  readonly event?: string | undefined
  readonly before?: string | undefined
  readonly id?: string
  readonly limit: number
}

/** Newest first, each with its last delivery: one query, whatever the page holds. */
export async function webhookRows({ db }: Store, wanted: WebhooksWanted): Promise<WebhookRow[]> {
  return resultRows(
    await db.execute(sql`
      select w.*, last.status as "lastStatus", last.status_code as "lastCode",
        (extract(epoch from last.created_at) * 1000)::float8 as "lastAt"
      from (
        select w.id, name, url, enabled, disabled_reason as "disabledReason",
          settings->'events' as events, settings->>'eventsPolicy' as "eventsPolicy",
          settings->>'format' as format, h.failures,
          (extract(epoch from h.deferred_until) * 1000)::float8 as "deferredUntil"
        from webhooks w left join webhook_health h on h.webhook_id = w.id
        where ${conditions(wanted)} order by w.id desc limit ${wanted.limit}
      ) w left join lateral (
        select status, status_code, created_at from deliveries d
        where d.webhook_id = w.id order by d.id desc limit 1
      ) last on true
      order by w.id desc`),
  )
}

/** One of them. */
export async function webhookRow(store: Store, id: string): Promise<WebhookRow | undefined> {
  if (!isId(id)) return undefined
  return (await webhookRows(store, { id, limit: 1 }))[0]
}

function conditions({ text = '', state, event, before, id }: WebhooksWanted): SQL {
  const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
  const all = [
    text === '' ? undefined : sql`(name ilike ${like} or url ilike ${like})`,
    id === undefined ? undefined : sql`w.id = ${id}`,
    state === 'enabled' ? sql`enabled` : undefined,
    state === 'paused' ? sql`not enabled` : undefined,
    state === 'failing' ? sql`h.failures is not null` : undefined,
    event === undefined ? undefined : sql`settings->'events' ? ${event}`,
    before === undefined || !isId(before) ? undefined : sql`w.id < ${before}`,
  ].filter((one): one is SQL => one !== undefined)
  return all.length === 0 ? sql`true` : sql.join(all, sql` and `)
}
