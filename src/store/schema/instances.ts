import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Lacks } from '../../rules/lacks.ts'
import { databaseNow, moment } from './columns.ts'

/** Servers under watch. */
export const instances = pgTable(
  'instances',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    host: text('host').notNull(),
    port: integer('port').notNull(),
    /** The whole URL with its password, sealed. */
    url: text('url').notNull(),
    labels: jsonb('labels').$type<Record<string, string>>().notNull().default({}),
    enabled: boolean('enabled').notNull().default(true),
    /** Null: the service's own interval. */
    pollIntervalMs: integer('poll_interval_ms'),
    /** Who put it here: the environment's list, kept in step at start, the API, or another instance. */
    source: text('source', { enum: ['environment', 'api', 'discovered'] }).notNull(),
    /** The instance that named it; it goes with that one. */
    discoveredBy: uuid('discovered_by').references((): AnyPgColumn => instances.id, {
      onDelete: 'cascade',
    }),
    state: text('state', { enum: ['unknown', 'up', 'down'] })
      .notNull()
      .default('unknown'),
    server: text('server'),
    version: text('version'),
    role: text('role'),
    lastError: text('last_error'),
    /** What the server does not give us: commands denied or unknown, logs turned off. */
    lacks: jsonb('lacks').$type<Lacks>().notNull().default({}),
    lastLookAt: moment('last_look_at'),
    lastSeenAt: moment('last_seen_at'),
    /** Due time of the next look; while a look is under way, the end of its lease. */
    nextLookAt: moment('next_look_at').notNull().default(databaseNow),
    /** The look under way. Whatever a look writes holds only while this is still its own. */
    lookId: uuid('look_id'),
    /** Counts changes of the plugins' states, so that a process knows whether its copy is current. */
    stateVersion: integer('state_version').notNull().default(0),
    createdAt: moment('created_at').notNull().default(databaseNow),
    updatedAt: moment('updated_at').notNull().default(databaseNow),
  },
  (table) => [
    unique('instances_address').on(table.host, table.port),
    index('instances_discovered').on(table.discoveredBy),
    index('instances_due').on(table.nextLookAt).where(sql`${table.enabled}`),
  ],
)

/** What each plugin remembers of each instance between looks. */
export const pluginStates = pgTable(
  'plugin_states',
  {
    instanceId: uuid('instance_id')
      .notNull()
      .references(() => instances.id, { onDelete: 'cascade' }),
    plugin: text('plugin').notNull(),
    /** Null until a look has returned one. */
    state: jsonb('state'),
    /** What went wrong at the plugin's last look, null when nothing did. */
    error: text('error'),
    updatedAt: moment('updated_at').notNull().default(databaseNow),
  },
  (table) => [primaryKey({ columns: [table.instanceId, table.plugin] })],
)
