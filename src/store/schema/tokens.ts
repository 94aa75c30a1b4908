import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { databaseNow, moment } from './columns.ts'

/** API tokens. Only the SHA-256 of each is kept. */
export const tokens = pgTable('tokens', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  hash: text('hash').notNull().unique(),
  /** The first characters, for people to tell tokens apart. */
  hint: text('hint').notNull().default(''),
  /** Who made it: `TOCSIN_TOKEN` of the environment, a client of the API, or the command line. */
  source: text('source', { enum: ['environment', 'api', 'cli'] })
    .notNull()
    .default('environment'),
  scopes: text('scopes').array().notNull(),
  expiresAt: moment('expires_at'),
  lastUsedAt: moment('last_used_at'),
  createdAt: moment('created_at').notNull().default(databaseNow),
})
