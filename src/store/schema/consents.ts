import { boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { databaseNow, moment } from './columns.ts'
import { webhooks } from './webhooks.ts'

/** What receivers have said that are asked before anything is sent to them. */
export const consents = pgTable('consents', {
  webhookId: uuid('webhook_id')
    .primaryKey()
    .references(() => webhooks.id, { onDelete: 'cascade' }),
  /** A digest of what was asked, and where: another question is asked anew. */
  question: text('question').notNull(),
  /** Why not; null: it consents. */
  refusal: text('refusal'),
  /** The most requests a minute; null: as many as there are. */
  perMinute: integer('per_minute'),
  /** Names it in the URL at which it may be given later; nobody can guess it. */
  key: text('key').unique(),
  /** Whether it was given there: then no answer takes it back. */
  called: boolean('called').notNull().default(false),
  askedAt: moment('asked_at').notNull().default(databaseNow),
  /** When the next requests fit the rate. */
  freeAt: moment('free_at').notNull().default(databaseNow),
})
