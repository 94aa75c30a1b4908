import type { Tier } from '../plugin/event.ts'
import type { Format } from '../plugin/format.ts'
import type { RateLimits } from '../rules/rate-limit.ts'
import type { Sender } from '../rules/sender.ts'
import type { SigningKeys } from '../rules/signing-keys.ts'
import type { TargetPolicy } from '../rules/target.ts'
import type { Transport } from '../rules/transport.ts'
import type { ReadReference } from '../rules/vault.ts'
import type { Database } from '../store/database.ts'
import type { ListedInstance } from '../store/instances.ts'
import type { Connect } from './connections.ts'
import type { Hints } from './hints.ts'
import type { Log } from './log.ts'
import type { PluginEntry } from './plugins.ts'
import type { Tracer } from './tracer.ts'

/** A runtime that calls the service for a moment, and lets it go. */
interface Invoked {
  /** Most looks, and most requests, at once: what one call may have open. */
  readonly atOnce: number
  /** Looks happen only at whole multiples of this, counted from the epoch. Default: at any time. */
  readonly wokenEveryMs?: number | undefined
  /** There is something to do, which is to be done by a turn. Called before the call ends. */
  onWork(verb: 'look' | 'send'): void
}

export type { Running } from './run.ts'
export type { Turn } from './turn.ts'
export type { Database, Hints, Log, PluginEntry }

/** What a runtime hands in. */
export interface TocsinOptions {
  readonly version: string
  readonly db: Database
  /** 32 bytes that secrets are encrypted with; absent, they are stored as they are. */
  readonly encryptionKey?: Uint8Array<ArrayBuffer> | undefined
  /** Keys that secrets may still be encrypted with. Default: none. */
  readonly previousKeys?: readonly Uint8Array<ArrayBuffer>[]
  readonly plugins: readonly PluginEntry[]
  /** Formats beside those that come with Tocsin. */
  readonly formats?: readonly Format[]
  /** What formats say about who sends. Default: a development environment without pages. */
  readonly sender?: Sender
  /** Finds secrets that webhooks name instead of holding them. Default: none are found. */
  readonly readSecret?: ReadReference | undefined
  /** The instances to watch, beside those added over the API. Default: those listed last time. */
  readonly instances?: readonly ListedInstance[]
  /** The first admin token. Without one only requests from this machine are served. */
  readonly token?: string | undefined
  /** Requests a minute and client of some routes of the API. Default: no limits. */
  readonly rateLimits?: RateLimits | undefined
  /** Tells a collector what happens. Default: nobody is told. */
  readonly tracer?: Tracer | undefined
  /** Packs the pages for who can unpack them. Default: they are sent as they are. */
  readonly gzip?: ((text: string) => Uint8Array<ArrayBuffer>) | undefined
  /** Makes keys that sign ready. Default: WebCrypto's. */
  readonly signing?: SigningKeys | undefined
  /** Sends one HTTP request. */
  readonly transport: Transport
  /** Opens a connection to a Valkey or Redis server. Default: over TCP or TLS. */
  readonly connect?: Connect
  /** The addresses behind a host name; empty where there are none, or not quickly. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly policy: TargetPolicy
  /** The tier of the licence in force, asked at every use. */
  readonly tier: () => Tier
  readonly log: Log
  /** Between looks at an instance, in milliseconds. Default 5000. */
  readonly pollIntervalMs?: number
  /** Deadline for connecting to an instance and for each command, in milliseconds. Default 3000. */
  readonly timeoutMs?: number
  /** For a runtime that keeps nothing running. */
  readonly invoked?: Invoked | undefined
  /** How long history is kept. Default 30. */
  readonly retentionDays?: number
  /** The most settled deliveries kept of each webhook. Default: no limit. */
  readonly keepDeliveries?: number | undefined
  /** Whether the database is this process's alone, and tidied by nobody else. Default false. */
  readonly embedded?: boolean
  /** Word from and to other processes on the same database. Default: none, each looks by itself. */
  readonly hints?: Hints | undefined
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
  /** From 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number
}
