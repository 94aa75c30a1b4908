import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { databaseNow, moment } from './columns.ts'

/** Changes made by people and their programs. Names of fields, never their values. */
export const audit = pgTable('audit', {
  /** Time-ordered (UUID version 7), so that it serves as the cursor too. */
  id: uuid('id').primaryKey(),
  at: moment('at').notNull().default(databaseNow),
  /** Name of the token, and its id where it has one: it may be revoked since. */
  actor: text('actor').notNull(),
  tokenId: uuid('token_id'),
  /** What was done: the `operationId` of the API's document. */
  action: text('action').notNull(),
  /** Id of what it was done to. */
  target: text('target'),
  fields: jsonb('fields').$type<readonly string[]>().notNull().default([]),
  requestId: text('request_id'),
})
