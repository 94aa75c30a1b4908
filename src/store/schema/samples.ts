import { index, jsonb, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'
import { instances } from './instances.ts'

/** Readings by name, numbers only. */
export type SampleValues = Readonly<Record<string, number>>

/** What was read of an instance, once a minute for an hour and once a quarter of an hour for a day. */
export const samples = pgTable(
  'samples',
  {
    instanceId: uuid('instance_id')
      .notNull()
      .references(() => instances.id, { onDelete: 'cascade' }),
    /** The minute. */
    at: moment('at').notNull(),
    values: jsonb('values').$type<SampleValues>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.instanceId, table.at] }),
    index('samples_at').on(table.at),
  ],
)
