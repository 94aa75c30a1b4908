import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { databaseNow, moment } from './columns.ts'

/** What happened. */
export const events = pgTable(
  'events',
  {
    /** Time-ordered (UUID version 7), so that it serves as the cursor too. */
    id: uuid('id').primaryKey(),
    type: text('type').notNull(),
    severity: text('severity').notNull(),
    /** Null for an instance that is not under watch. Kept when the instance goes. */
    instanceId: uuid('instance_id'),
    host: text('host'),
    port: integer('port'),
    subject: text('subject').notNull().default(''),
    /** Text, not jsonb: what is sent must be the same bytes at every attempt. */
    data: text('data').notNull(),
    /** The trace it was published in (W3C Trace Context), passed on to receivers. */
    trace: text('trace'),
    source: text('source', { enum: ['plugin', 'api', 'service'] }).notNull(),
    /** False for a reading that was published and crossed nobody's threshold. */
    fired: boolean('fired').notNull().default(true),
    occurredAt: moment('occurred_at').notNull(),
    createdAt: moment('created_at').notNull().default(databaseNow),
  },
  (table) => [
    index('events_type').on(table.type, table.id),
    index('events_instance').on(table.instanceId, table.id).where(sql`instance_id is not null`),
  ],
)

/** Answers already given to an `Idempotency-Key`, kept for a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    key: text('key').primaryKey(),
    /** Digest of the request: the same key with another body is a mistake. */
    fingerprint: text('fingerprint').notNull(),
    answer: text('answer').notNull(),
    createdAt: moment('created_at').notNull().default(databaseNow),
  },
  (table) => [index('idempotency_keys_age').on(table.createdAt)],
)
