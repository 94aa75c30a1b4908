import { doublePrecision, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'
import { webhooks } from './webhooks.ts'

/** Thresholds standing crossed. A row exists exactly while the alert stands. */
export const alerts = pgTable(
  'alerts',
  {
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** Id of the instance under watch, else `host:port`, else empty. */
    instance: text('instance').notNull(),
    eventType: text('event_type').notNull(),
    subject: text('subject').notNull(),
    /** The event that told the webhook. */
    eventId: uuid('event_id').notNull(),
    threshold: doublePrecision('threshold').notNull(),
    value: doublePrecision('value').notNull(),
    /** The worst reading so far. */
    peak: doublePrecision('peak').notNull(),
    since: moment('since').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.webhookId, table.instance, table.eventType, table.subject] }),
    index('alerts_instance').on(table.instance),
    index('alerts_since').on(table.since),
  ],
)
