import { sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows, rows } from './rows.ts'
import type { DeliveryStatus } from './schema/index.ts'

/** The delivery that told a webhook of an event. */
export interface Told {
  readonly id: string
  readonly status: DeliveryStatus
}

/** How those were told whose alerts stand, by event and webhook, as `event webhook`. */
export async function toldOf(
  { db }: Store,
  alerts: readonly { readonly eventId: string; readonly webhookId: string }[],
): Promise<Map<string, Told>> {
  if (alerts.length === 0) return new Map()
  const u = rows(
    { event_id: 'uuid', webhook_id: 'uuid' },
    alerts.map(({ eventId, webhookId }) => ({ event_id: eventId, webhook_id: webhookId })),
  )
  const found = resultRows<Told & { eventId: string; webhookId: string }>(
    await db.execute(sql`
      select distinct on (d.event_id, d.webhook_id) d.id, d.status, d.event_id as "eventId",
        d.webhook_id as "webhookId"
      from ${u} join deliveries d on d.event_id = u.event_id and d.webhook_id = u.webhook_id
      order by d.event_id, d.webhook_id, d.id desc`),
  )
  return new Map(found.map(({ eventId, webhookId, ...told }) => [`${eventId} ${webhookId}`, told]))
}
