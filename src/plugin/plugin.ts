import type { z } from 'zod'
import type { EventDeclaration } from './event.ts'
import type { Valkey } from './valkey.ts'

/** The instance a plugin looks at. */
export interface WatchedInstance {
  readonly id: string
  readonly name: string
  readonly host: string
  readonly port: number
  readonly labels: Readonly<Record<string, string>>
}

/** What one look hands to a plugin. */
export interface PollContext<State, Config> {
  readonly instance: WatchedInstance
  readonly valkey: Valkey
  /** When this look began, epoch milliseconds. Take times from here, never from the system. */
  readonly now: number
  /** What the last look returned; undefined at the first one, or when it no longer fits `state`. */
  readonly state: State | undefined
  readonly config: Config
  /** Aborted when the look is given up. */
  readonly signal: AbortSignal
  /**
   * Reports a reading, checked against the event's schema; a reading that does not fit throws.
   * Report every reading of an event with a threshold, healthy ones too: they clear alerts.
   * `subject` tells apart alerts of one type on one instance: a replica, a user, a metric.
   */
  emit<Schema extends z.ZodObject>(
    event: EventDeclaration<string, Schema>,
    data: z.input<Schema>,
    subject?: string,
  ): void
  /**
   * Says whether the server has something on that no command tells by itself, such as a log that is
   * configured away. Shown to people until said otherwise. `name` is of `requires.capabilities`.
   */
  capability(name: string, available: boolean): void
  /** Asks for the next look sooner than the interval, in milliseconds from now; at least 100. */
  recheck(afterMs: number): void
}

/** What a plugin is worse off without, in words for people. */
export interface Capability {
  /** Types of its events that cannot be seen then. Default: none, they only tell less. */
  readonly events?: readonly string[]
  /** What is lost, one sentence; absent where another capability tells when that hurts. */
  readonly without?: string
  /** The command that turns it on, such as `CONFIG SET latency-monitor-threshold 100`. */
  readonly enable?: string
}

/** One observer of one subsystem. */
export interface Plugin<
  State extends z.ZodType = z.ZodType,
  Config extends z.ZodObject = z.ZodObject,
> {
  /** Unique; shown to people. Lower-case words joined by hyphens. */
  readonly name: string
  readonly version?: string
  readonly events: readonly EventDeclaration[]
  /** Settings of the plugin; parsed once at start, `{}` where none are given. */
  readonly config?: Config
  /** What it needs on the server; the ACL line of a monitoring user is derived from it. */
  readonly requires?: {
    /** Commands as ACL rules name them: `ping`, `config|get`. */
    readonly commands: readonly string[]
    /**
     * What it can do without, by one of `commands`, or by a name that `poll` reports with
     * `capability`. Without a command that is not listed here none of its events can be seen.
     */
    readonly capabilities?: Readonly<Record<string, Capability>>
  }
  /** The shape of what `poll` returns: JSON. Remembered between looks, restarts and replicas. */
  readonly state?: State
  /**
   * Looks once. Returns the next state; undefined keeps the last one. What it throws ends this
   * plugin's look only, and is reported; a server without an answer is not a fault of the plugin.
   */
  poll?(
    context: PollContext<z.output<State>, z.output<Config>>,
  ): Promise<z.output<State> | undefined> | z.output<State> | undefined
}

/** Declares a plugin. Returns its argument, typed. */
export function definePlugin<
  State extends z.ZodType = z.ZodUndefined,
  Config extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(plugin: Plugin<State, Config>): Plugin<State, Config> {
  return plugin
}
