import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../../src/store/database.ts'
import { resultRows } from '../../src/store/rows.ts'

/** How much is stored. */
export interface Amounts {
  readonly instances: number
  readonly webhooks: number
  readonly deliveries: number
}

/** Deliveries of one event. */
const perEvent = 4
/** How long the history is: a delivery about every second. */
const days = 10

/** An id of its time (UUID version 7), as the service makes them. */
const idAt = (at: SQL, salt: SQL) => sql`(
  lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')
    || '7' || substr(md5(${salt}), 1, 3) || '8' || substr(md5(${salt}), 4, 15))::uuid`
const now = sql`date_trunc('minute', now())`

/**
 * Fills an empty database as ten busy days would: readings of every server, a fortieth of the
 * deliveries given up, a few hundred alerts. Copies of one webhook, which is made through the API.
 */
export async function fillHistory(db: Database, amounts: Amounts): Promise<void> {
  const { instances, webhooks, deliveries } = amounts
  await db.execute(sql`
    insert into webhooks (id, name, url, enabled, secret, sealed, settings)
    select ${idAt(sql`now() - n * interval '1 second'`, sql`'w' || n`)}, 'Webhook ' || n, url,
      n % 20 > 0, secret, sealed, settings
    from webhooks, generate_series(1, ${webhooks - 1}::int) n`)
  await db.execute(sql`
    insert into instances (id, name, host, port, url, source, state, server, version, role,
      last_error, last_look_at, last_seen_at, next_look_at)
    select ${idAt(sql`now()`, sql`'i' || n`)}, 'cache-' || lpad(n::text, 4, '0'),
      'cache-' || n || '.example.com', 6379, 'open:redis://cache-' || n || '.example.com:6379', 'api',
      case when n % 50 = 0 then 'down' else 'up' end, 'valkey', '9.0.0', 'master',
      case when n % 50 = 0 then 'Connection refused' end, now(), now(), now() + interval '1 day'
    from generate_series(1, ${instances}::int) n`)
  await db.execute(sql`
    insert into samples (instance_id, at, "values")
    select i.id, at, jsonb_build_object('memoryCriticalPercent', 40 + 20 * sin(extract(epoch from at) / 900),
      'connectionCriticalPercent', 12, 'replicationLagSeconds', 0.4, 'ops', 1200, 'clients', 118,
      'memory', 734003200)
    from instances i, (
      select ${now} - n * interval '1 minute' as at from generate_series(0, 64) n
      union all select date_bin('15 minutes', ${now}, timestamptz 'epoch') - n * interval '15 minutes'
      from generate_series(5, 95) n) t order by 2, 1`)
  await db.execute(sql`
    insert into plugin_states (instance_id, plugin, state)
    select i.id, p, '{}' from instances i,
      unnest(array['memory', 'clients', 'replication', 'slowlog', 'acl', 'cluster', 'config']) p`)
  await inBulk(db, 'events', () =>
    db.execute(sql`
      insert into events (id, type, severity, instance_id, host, port, data, source, occurred_at, created_at)
      select ${idAt(sql`at`, sql`'e' || n`)}, case when n % 3 = 0 then 'memory.critical' else 'instance.down' end,
        'critical', i.ids[1 + n % ${instances}::int], 'cache.example.com', 6379,
        '{"message":"Database instance unreachable: Connection refused","reason":"Connection refused"}',
        'plugin', at, at
      from (select array_agg(id) as ids from instances) i,
        (select n, now() - n * ${`${days} days`}::interval / ${deliveries / perEvent}::int as at
          from generate_series(1, ${deliveries / perEvent}::int) n) t`),
  )
  await inBulk(db, 'deliveries', () =>
    db.execute(sql`
      insert into deliveries (id, event_id, webhook_id, event_type, status, attempts, due_at,
        status_code, response_body, duration_ms, error, created_at, completed_at)
      select ${idAt(sql`at`, sql`'d' || n || k`)}, event_id,
        w.ids[1 + (n * ${perEvent}::int + k) % ${webhooks}::int], type, status,
        case status when 'success' then 1 else 4 end,
        case status when 'retrying' then now() + interval '1 hour' else at end,
        case status when 'success' then 200 else 503 end, 'OK', 145,
        case status when 'success' then null else 'It answered 503 Service Unavailable' end, at,
        case status when 'retrying' then null else at end
      from (select array_agg(id) as ids from webhooks) w,
        (select id as event_id, type, created_at as at, n, k,
            case when n % 40 = 0 then 'dead_letter' when n % 1000 = 1 then 'retrying' else 'success' end as status
          from (select *, row_number() over ()::int as n from events) e,
            generate_series(1, ${perEvent}::int) k) t`),
  )
  await db.execute(sql`
    insert into attempts (delivery_id, number, started_at, duration_ms, request_headers, status_code,
      response_headers, response_body, error_class, error)
    select d.id, n, d.created_at, 145, '{"Content-Type":"application/json"}', d.status_code,
      '{"content-type":"text/plain"}', 'OK', case when d.status_code > 299 then 'status' end, d.error
    from (select * from deliveries order by id desc limit 20000) d, generate_series(1, d.attempts) n`)
  await db.execute(sql`
    insert into delivery_hours (webhook_id, hour, succeeded, failed)
    select w.id, date_trunc('hour', now(), 'UTC') - n * interval '1 hour', 4, n % 2
    from webhooks w, generate_series(0, 40) n`)
  await db.execute(sql`
    insert into alerts (webhook_id, instance, event_type, subject, event_id, threshold, value, peak, since)
    select w.ids[1 + n % ${webhooks}::int], i.ids[1 + (n * 7) % ${instances}::int]::text, 'memory.critical', '', e.id, 90, 93, 95,
      now() - n * interval '1 minute'
    from (select array_agg(id) as ids from webhooks) w, (select array_agg(id) as ids from instances) i,
      (select id from events limit 1) e, generate_series(1, ${Math.floor(instances / 3)}::int) n`)
  await db.execute(sql`
    insert into webhook_health (webhook_id, failures, deliveries)
    select id, 4, 1 from webhooks order by id limit ${Math.floor(webhooks / 20)}`)
  // As the service does on its own database, and a server by itself.
  await db.execute(sql`vacuum analyze`)
}

/** Fills a table and makes its indexes afterwards, which takes a fraction of the time. */
async function inBulk(db: Database, table: string, fill: () => Promise<unknown>): Promise<void> {
  const indexes = resultRows<{ name: string; made: string }>(
    await db.execute(sql`
      select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made
      from pg_index where indrelid = ${table}::regclass and not indisprimary`),
  )
  for (const { name } of indexes) await db.execute(sql.raw(`drop index ${name}`))
  await fill()
  for (const { made } of indexes) await db.execute(sql.raw(made))
}
