import type { z } from 'zod'
import type { EventDeclaration } from '../plugin/event.ts'
import type { Plugin, WatchedInstance } from '../plugin/plugin.ts'
import { type Info, refused, type Valkey, ValkeyError } from '../plugin/valkey.ts'
import type { Catalog } from '../rules/catalog.ts'
import { within } from '../rules/deadline.ts'
import type { Reading } from './reading.ts'

/** A plugin with the settings it was given. */
export interface ConfiguredPlugin {
  readonly plugin: Plugin
  readonly config: Record<string, unknown>
}

/** What one plugin came to in one look. */
export interface PluginLook {
  readonly plugin: string
  readonly readings: readonly Reading[]
  /** The next state; undefined keeps the last one. */
  readonly state: unknown
  /** What went wrong, for people; null when nothing did, or when the server is to blame. */
  readonly error: string | null
  /** True where the plugin itself is to blame. */
  readonly faulty: boolean
  readonly recheckMs: number | undefined
  /** What it said of the capabilities it declares. */
  readonly capabilities: ReadonlyMap<string, boolean>
}

/** What a look says about the instance itself. */
export interface Facts {
  readonly state: 'up' | 'down'
  readonly server: string | null
  readonly version: string | null
  readonly role: string | null
  readonly lastError: string | null
}

export interface LookContext {
  readonly instance: WatchedInstance
  readonly valkey: Valkey
  readonly now: number
  readonly catalog: Catalog
  /** The whole look of one plugin ends after this, in milliseconds. */
  readonly deadlineMs: number
}

/** Lets one plugin look. Never rejects: whatever it throws is its own loss. */
export async function lookWith(
  { plugin, config }: ConfiguredPlugin,
  remembered: unknown,
  { instance, valkey, now, catalog, deadlineMs }: LookContext,
): Promise<PluginLook> {
  const readings: Reading[] = []
  let giveUp: AbortController | undefined
  let over = false
  let recheckMs: number | undefined
  const capabilities = new Map<string, boolean>()
  const state = plugin.state?.safeParse(remembered)

  function emit<Schema extends z.ZodObject>(
    declaration: EventDeclaration<string, Schema>,
    data: z.input<Schema>,
    subject = '',
  ): void {
    const event = catalog.events.get(declaration.type)
    if (event?.plugin !== plugin.name)
      throw new TypeError(
        `Plugin "${plugin.name}" emits "${declaration.type}", which it does not declare.`,
      )
    readings.push({ event, data: declaration.data.parse(data), subject })
  }

  try {
    const next = await within(
      deadlineMs,
      Promise.resolve(
        plugin.poll?.({
          instance,
          valkey,
          now,
          config,
          state: state?.success ? state.data : undefined,
          // Few ask for it, and one for each plugin and look would cost more than the looks do.
          get signal() {
            giveUp ??= new AbortController()
            if (over) giveUp.abort()
            return giveUp.signal
          },
          emit,
          capability(name, available) {
            if (plugin.requires?.capabilities?.[name] === undefined)
              throw new TypeError(`Plugin "${plugin.name}" does not declare "${name}".`)
            capabilities.set(name, available)
          },
          recheck(afterMs) {
            recheckMs = Math.min(recheckMs ?? afterMs, Math.max(100, afterMs))
          },
        }),
      ),
      () => new Error(`The look of plugin "${plugin.name}" took longer than ${deadlineMs} ms.`),
    )
    const parsed = next === undefined ? undefined : (plugin.state?.parse(next) ?? undefined)
    return {
      plugin: plugin.name,
      readings: [...readings],
      state: parsed,
      error: null,
      faulty: false,
      recheckMs,
      capabilities,
    }
  } catch (error) {
    const lost = { plugin: plugin.name, readings: [], state: undefined, recheckMs, capabilities }
    if (error instanceof ValkeyError) {
      // Silence is told of the instance; what is refused, as what the plugin misses there.
      const told = error.unanswered || refused(error)
      return { ...lost, error: told ? null : error.message, faulty: false }
    }
    return { ...lost, error: error instanceof Error ? error.message : String(error), faulty: true }
  } finally {
    over = true
    giveUp?.abort()
  }
}

/** What INFO says about the instance, or that nobody answered. */
export async function facts(valkey: Valkey): Promise<Facts> {
  try {
    return { ...identity(await valkey.info()), state: 'up', lastError: null }
  } catch (error) {
    const fault = error instanceof ValkeyError ? error : undefined
    return {
      state: fault === undefined || fault.unanswered ? 'down' : 'up',
      server: null,
      version: null,
      role: null,
      lastError: error instanceof Error ? error.message : String(error),
    }
  }
}

/** Valkey reports a `redis_version` for old clients' sake: its own comes first. */
function identity(info: Info): Pick<Facts, 'server' | 'version' | 'role'> {
  const valkey = info.text('valkey_version')
  return {
    server: info.text('server_name') ?? (valkey === undefined ? 'redis' : 'valkey'),
    version: valkey ?? info.text('redis_version') ?? null,
    role: info.text('role') ?? null,
  }
}
