import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { databaseNow, moment } from './columns.ts'
import { events } from './events.ts'
import { webhooks } from './webhooks.ts'

export const deliveryStatuses = ['pending', 'success', 'retrying', 'dead_letter', 'failed'] as const
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** Still owed. Written so that it matches the partial indexes word for word. */
export const open = sql`status in ('pending', 'retrying')`

/** Given up, either way. Written so that it matches the partial index word for word. */
export const givenUp = sql`status in ('dead_letter', 'failed')`

/** Not accepted at the last attempt: another answer, or none. Word for word as the partial index. */
export const notAccepted = sql`(status_code >= 300 or status_code is null and error is not null)`

/** The first digit of the answer; 0 where none came. Word for word as the index. */
export const answeredWith = sql`(coalesce(status_code, 0) / 100)`

/** Events owed to webhooks. The rows that are `pending` or `retrying` are the queue. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: uuid('id').primaryKey(),
    eventId: uuid('event_id')
      .notNull()
      .references(() => events.id, { onDelete: 'cascade' }),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    eventType: text('event_type').notNull(),
    status: text('status', { enum: deliveryStatuses }).notNull().default('pending'),
    /** The event's data as this webhook gets it, where its own threshold makes a difference. */
    data: text('data'),
    /** The request body as first sent: every later attempt sends these bytes. */
    body: text('body'),
    /** The format and settings that made `body`: with others it is made anew. */
    shape: text('shape'),
    /** Attempts begun, counted by the claim. */
    attempts: integer('attempts').notNull().default(0),
    /** Attempts spent before the last manual retry: the budget counts from here. */
    attemptsBefore: integer('attempts_before').notNull().default(0),
    /** When to attempt next; while it is claimed, the end of the lease. */
    dueAt: moment('due_at').notNull().default(databaseNow),
    /** The claim under way. A transition holds only while this is still its own. */
    claimId: uuid('claim_id'),
    /** The request it goes out in together with others; see {@link batches}. */
    batchId: uuid('batch_id'),
    /** The request that queued it last, together with others: a retry or a replay in bulk. */
    queuedBy: text('queued_by'),
    statusCode: integer('status_code'),
    responseBody: text('response_body'),
    durationMs: integer('duration_ms'),
    error: text('error'),
    createdAt: moment('created_at').notNull().default(databaseNow),
    completedAt: moment('completed_at'),
  },
  (table) => [
    index('deliveries_history').on(table.webhookId, table.id),
    index('deliveries_event').on(table.eventId),
    index('deliveries_retrying').on(table.dueAt, table.claimId).where(sql`status = 'retrying'`),
    index('deliveries_given_up').on(table.webhookId, table.id).where(givenUp),
    index('deliveries_given_up_newest').on(table.id).where(givenUp),
    index('deliveries_not_accepted').on(answeredWith, table.id).where(notAccepted),
    index('deliveries_queue').on(table.webhookId, table.dueAt).where(open),
    index('deliveries_claimed').on(table.webhookId).where(sql`claim_id is not null`),
    index('deliveries_batched').on(table.webhookId).where(sql`batch_id is not null and ${open}`),
    index('deliveries_queued_by')
      .on(table.queuedBy, table.status)
      .where(sql`queued_by is not null`),
    index('deliveries_batch').on(table.batchId).where(sql`batch_id is not null`),
  ],
)

/** What deliveries that go out together have in common. */
export const batches = pgTable(
  'batches',
  {
    /** Time-ordered. */
    id: uuid('id').primaryKey(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** The request body: every attempt at the same deliveries sends these bytes. */
    body: text('body').notNull(),
    /** The format, the settings and the number of deliveries that made it. */
    shape: text('shape').notNull(),
  },
  (table) => [index('batches_webhook').on(table.webhookId)],
)

/** Requests made, each with what came back. */
export const attempts = pgTable(
  'attempts',
  {
    deliveryId: uuid('delivery_id')
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    startedAt: moment('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** As sent, secrets redacted. Null where no request could be made. */
    requestHeaders: text('request_headers'),
    statusCode: integer('status_code'),
    responseHeaders: text('response_headers'),
    responseBody: text('response_body'),
    errorClass: text('error_class'),
    error: text('error'),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.number] })],
)
