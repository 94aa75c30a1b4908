import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { databaseNow, moment } from './columns.ts'

/** Browsers signed in. Only the SHA-256 of the cookie is kept, and of the token it stands for. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    hash: text('hash').notNull().unique(),
    /** The token signed in with: the session may do what it may, and ends when it does. */
    tokenHash: text('token_hash').notNull(),
    createdAt: moment('created_at').notNull().default(databaseNow),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('sessions_expiry').on(table.expiresAt)],
)
