import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { WebhookSettings } from '../../rules/webhook.ts'
import { databaseNow, moment } from './columns.ts'

type Settings = Omit<WebhookSettings, 'name' | 'url' | 'enabled'>

/** Endpoints and their settings. */
export const webhooks = pgTable('webhooks', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  url: text('url').notNull(),
  enabled: boolean('enabled').notNull().default(true),
  /** Why the service itself switched it off, null when it did not. */
  disabledReason: text('disabled_reason'),
  /** Sealed. */
  secret: text('secret').notNull(),
  /** Sealed; signs beside the new one until `previousSecretUntil`. */
  previousSecret: text('previous_secret'),
  previousSecretUntil: moment('previous_secret_until'),
  /** Everything else a user may set: read whole, written whole, never searched by the database. */
  settings: jsonb('settings').$type<Settings>().notNull(),
  /** Counts changes; the ETag. */
  version: integer('version').notNull().default(1),
  createdAt: moment('created_at').notNull().default(databaseNow),
  updatedAt: moment('updated_at').notNull().default(databaseNow),
})

/** Counters that tell processes when what they hold in memory is out of date. */
export const revisions = pgTable('revisions', {
  name: text('name').primaryKey(),
  value: bigint('value', { mode: 'number' }).notNull(),
})
