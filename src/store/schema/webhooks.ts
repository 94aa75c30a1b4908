import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { WebhookSecrets, WebhookSettings } from '../../rules/webhook.ts'
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
  /** Its other secrets by name, each sealed. */
  sealed: jsonb('sealed').$type<WebhookSecrets>().notNull().default({}),
  /** Everything else a user may set: read whole, written whole, never searched by the database. */
  settings: jsonb('settings').$type<Settings>().notNull(),
  /** Counts changes; the ETag. */
  version: integer('version').notNull().default(1),
  createdAt: moment('created_at').notNull().default(databaseNow),
  updatedAt: moment('updated_at').notNull().default(databaseNow),
})

/** Webhooks whose last attempts have failed. One success, and the row is gone. */
export const webhookHealth = pgTable('webhook_health', {
  webhookId: uuid('webhook_id')
    .primaryKey()
    .references(() => webhooks.id, { onDelete: 'cascade' }),
  /** Attempts that have failed in a row. */
  failures: integer('failures').notNull(),
  /** Deliveries among them: first attempts. */
  deliveries: integer('deliveries').notNull(),
  /** When the first of them failed. */
  since: moment('since').notNull().default(databaseNow),
  /** Nothing is sent until then; after it one request at a time, as a probe. Null: not yet. */
  deferredUntil: moment('deferred_until'),
  /** Probes that have failed, and the failures that led to the first: each defers for longer. */
  trips: integer('trips').notNull().default(0),
})

/** Counters that tell processes when what they hold in memory is out of date. */
export const revisions = pgTable('revisions', {
  name: text('name').primaryKey(),
  value: bigint('value', { mode: 'number' }).notNull(),
})
