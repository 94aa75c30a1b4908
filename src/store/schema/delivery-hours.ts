import { integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/**
 * How deliveries ended, by webhook and hour: what a day looks like, without counting a million rows.
 * No foreign key: it would make settling wait for whoever removes a webhook.
 */
export const deliveryHours = pgTable(
  'delivery_hours',
  {
    webhookId: uuid('webhook_id').notNull(),
    hour: moment('hour').notNull(),
    succeeded: integer('succeeded').notNull(),
    /** Dead letters, and those that retrying cannot help. */
    failed: integer('failed').notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.webhookId] })],
)
