import { type SQL, sql } from 'drizzle-orm'
import { type Alert, type AlertKey, raisingAlerts } from './alerts.ts'
import type { Database } from './database.ts'
import { resultRows, rows } from './rows.ts'
import type { events } from './schema/index.ts'

export type NewEvent = Omit<typeof events.$inferSelect, 'createdAt' | 'fired'>

/** One event owed to one webhook. `data` only where it differs from the event's. */
export interface NewDelivery {
  readonly id: string
  readonly eventId: string
  readonly webhookId: string
  readonly data: string | null
}

/** What happened together, and whom it is owed to. */
export interface Outbox {
  readonly events: readonly {
    readonly event: NewEvent
    /** Stored even if nobody is to hear of it. */
    readonly always: boolean
    /** An event whoever hears of it; a reading is one only where an alert begins or ends by it. */
    readonly certain: boolean
  }[]
  /** `conditional`: only if the alert of that event and webhook begins, or ends, by this. */
  readonly owed: readonly { readonly delivery: NewDelivery; readonly conditional: boolean }[]
  readonly raised: readonly Alert[]
  /** `eventId` is the event that tells of the end. */
  readonly cleared: readonly (AlertKey & { readonly eventId: string })[]
  /** Alerts that go on, with their worst readings. */
  readonly peaks: readonly (AlertKey & Pick<Alert, 'peak' | 'value'>)[]
}

/**
 * Stores events, the deliveries they are owed by, and the alerts they change, all in one statement:
 * alerts that another replica has raised or cleared meanwhile, and webhooks that have gone, drop
 * out, so nobody is told twice or in vain. Answers how many are owed each event; undefined, and
 * nothing has happened, where webhooks have changed since `revision`.
 */
export async function enqueue(
  db: Database,
  outbox: Outbox,
  revision?: number,
): Promise<Map<string, number> | undefined> {
  const { happened, owed } = parameters(outbox)
  const { ctes, changed } = raisingAlerts(outbox)
  const wanted =
    changed === undefined
      ? sql`where not d.conditional`
      : sql`left join ${changed} changed
          on changed.webhook_id = d.webhook_id and changed.event_id = d.event_id
          where not d.conditional or changed.event_id is not null`
  const result = await db.execute(sql`
    with fresh as materialized (select ${freshness(revision)} as yes),
    e as materialized (select e.* from ${happened}, fresh where fresh.yes),
    d as materialized (select d.* from ${owed}, fresh where fresh.yes),
    live as materialized (
      select id from webhooks where id in (select webhook_id from d) and enabled for key share),
    ${ctes}
    owed as materialized (
      select d.* from d join live on live.id = d.webhook_id ${wanted}),
    happened as (
      insert into events (id, type, severity, instance_id, host, port, subject, data, trace,
        source, occurred_at, fired)
      select id, type, severity, instance_id, host, port, subject, data, trace, source, occurred_at,
        certain or id in (select event_id from owed)
      from e where always or id in (select event_id from owed)),
    queued as (
      insert into deliveries (id, event_id, webhook_id, event_type, data)
      select owed.id, owed.event_id, owed.webhook_id, e.type, owed.data
      from owed join e on e.id = owed.event_id order by owed.id)
    select fresh.yes as fresh, counted.event_id as "eventId", counted.owed from fresh
    left join (select event_id, count(*)::int as owed from owed group by event_id) counted on true`)
  const counted = resultRows<{ fresh: boolean; eventId: string | null; owed: number }>(result)
  if (!counted.every(({ fresh }) => fresh)) return undefined
  return new Map(
    counted.flatMap(({ eventId, owed }) => (eventId === null ? [] : [[eventId, owed] as const])),
  )
}

function freshness(revision: number | undefined): SQL {
  return revision === undefined
    ? sql`true`
    : sql`coalesce((select value from revisions where name = 'webhooks'), 0) = ${revision}`
}

function parameters({ events, owed }: Outbox): Record<'happened' | 'owed', SQL> {
  return {
    happened: rows(
      {
        id: 'uuid',
        type: 'text',
        severity: 'text',
        instance_id: 'uuid',
        host: 'text',
        port: 'int',
        subject: 'text',
        data: 'text',
        trace: 'text',
        source: 'text',
        occurred_at: 'timestamptz',
        always: 'boolean',
        certain: 'boolean',
      },
      events.map(({ event: { instanceId, occurredAt, ...event }, always, certain }) => ({
        ...event,
        instance_id: instanceId,
        occurred_at: occurredAt.toISOString(),
        always,
        certain,
      })),
      'e',
    ),
    owed: rows(
      { id: 'uuid', event_id: 'uuid', webhook_id: 'uuid', data: 'text', conditional: 'boolean' },
      owed.map(({ delivery: { id, eventId, webhookId, data }, conditional }) => ({
        id,
        event_id: eventId,
        webhook_id: webhookId,
        data,
        conditional,
      })),
      'd',
    ),
  }
}
