import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { open } from './schema/index.ts'
import { due } from './turns.ts'

/** How one webhook fares, over all replicas. */
interface WebhookGauges {
  readonly id: string
  readonly enabled: boolean
  readonly failing: boolean
  /** How long the oldest due delivery has been waiting, in seconds; null where none is due. */
  readonly oldestDueSeconds: number | null
}

/** How one instance fares, over all replicas. Ages in seconds; null where that never was. */
interface InstanceGauges {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly lookAge: number | null
  readonly seenAge: number | null
}

export interface Gauges {
  readonly webhooks: readonly WebhookGauges[]
  readonly instances: readonly InstanceGauges[]
  readonly alerts: readonly { readonly webhook: string; readonly event: string; count: number }[]
  /** Instances at which a plugin's last look failed. */
  readonly plugins: readonly { readonly plugin: string; readonly count: number }[]
}

/** How the whole service stands, but for what must be counted; in four statements. */
export async function readGauges({ db }: Store): Promise<Gauges> {
  const [webhooks, instances, alerts, plugins] = await Promise.all([
    db.execute(sql`
      select w.id, w.enabled, h.trips is not null and h.trips > 0 as failing,
        (select extract(epoch from ${databaseNow} - d.due_at)::float8 from deliveries d
          where d.webhook_id = w.id and ${open} and ${due}
          order by d.due_at limit 1) as "oldestDueSeconds"
      from webhooks w left join webhook_health h on h.webhook_id = w.id
      order by w.id limit 10000`),
    db.execute(sql`
      select id, name, state,
        extract(epoch from ${databaseNow} - last_look_at)::float8 as "lookAge",
        extract(epoch from ${databaseNow} - last_seen_at)::float8 as "seenAge"
      from instances where enabled order by id limit 10000`),
    db.execute(sql`
      select webhook_id as webhook, event_type as event, count(*)::int as count
      from alerts group by webhook_id, event_type order by webhook_id, event_type limit 10000`),
    db.execute(sql`
      select s.plugin, count(s.error)::int as count
      from plugin_states s join instances i on i.id = s.instance_id and i.enabled
      group by s.plugin order by s.plugin`),
  ])
  return {
    webhooks: resultRows<WebhookGauges>(webhooks),
    instances: resultRows<InstanceGauges>(instances),
    alerts: resultRows<Gauges['alerts'][number]>(alerts),
    plugins: resultRows<Gauges['plugins'][number]>(plugins),
  }
}
