import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { newId } from './ids.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'

/** Webhooks of one format, told again of what stands every so many milliseconds. */
export interface ReminderRule {
  readonly format: string
  readonly everyMs: number
}

/**
 * Owes webhooks again, in one statement, what raised an alert that still stands: where the last time
 * is settled and long enough ago, and the receiver is not known to be failing. At most `limit`;
 * answers how many. An alert that is cleared meanwhile drops out, so nothing comes after its end.
 */
export async function enqueueReminders(
  { db }: Store,
  rules: readonly ReminderRule[],
  limit: number,
): Promise<number> {
  const everyFormat = rows(
    { format: 'text', every_ms: 'float8' },
    rules.map(({ format, everyMs }) => ({ format, every_ms: everyMs })),
    'f',
  )
  const fresh = rows(
    { place: 'int', id: 'uuid' },
    Array.from({ length: limit }, (_, index) => ({ place: index + 1, id: newId() })),
    'fresh',
  )
  const queued = await db.execute(sql`
    with f as materialized (select * from ${everyFormat}),
    due as materialized (
      select a.event_id, a.webhook_id, last.event_type, last.data
      from alerts a
      join webhooks w on w.id = a.webhook_id and w.enabled
      join f on f.format = w.settings->>'format'
      left join webhook_health h on h.webhook_id = w.id
      cross join lateral (
        select d.event_type, d.data, d.completed_at from deliveries d
        where d.event_id = a.event_id and d.webhook_id = a.webhook_id
        order by d.id desc limit 1) last
      where last.completed_at <= ${databaseNow} - f.every_ms * interval '1 millisecond'
        and (h.deferred_until is null or h.deferred_until <= ${databaseNow})
      order by a.since limit ${limit} for no key update of a skip locked)
    insert into deliveries (id, event_id, webhook_id, event_type, data)
    select fresh.id, due.event_id, due.webhook_id, due.event_type, due.data
    from (select *, row_number() over () as place from due) due
    join ${fresh} on fresh.place = due.place
    returning id`)
  return resultRows(queued).length
}
