import type { z } from 'zod'
import type { Plugin, WatchedInstance } from '../plugin/plugin.ts'
import type { ValkeyConnection } from '../valkey/connection.ts'
import { lookAt } from '../valkey/look.ts'
import { type Replies, scriptedConnection } from './replies.ts'

/** What a plugin reported. */
export interface Reading {
  readonly type: string
  /** As the declared schema parsed it. */
  readonly data: Readonly<Record<string, unknown>>
  readonly subject: string | undefined
}

/** What one look of a plugin did. */
export interface Polled<State> {
  readonly readings: readonly Reading[]
  /** What the next look is given: the returned state, or the last one where none was returned. */
  readonly state: State | undefined
  /** The delays, in milliseconds, after which it asked for another look. */
  readonly rechecks: readonly number[]
  /** The command lines sent, in their order; a call repeated within a look is sent once. */
  readonly calls: readonly string[]
  /** What it said of the capabilities it declares. */
  readonly capabilities: Readonly<Record<string, boolean>>
}

export interface PollOptions<State, Config> {
  /** What the last look returned. Default: a first look. */
  readonly state?: State | undefined
  /** Settings, before the plugin's schema parses them. Default `{}`. */
  readonly config?: Config
  /** Epoch milliseconds. Default 1706457600000, the time in seed 1's samples. */
  readonly now?: number
  readonly instance?: Partial<WatchedInstance>
}

const watched: WatchedInstance = {
  id: 'instance-1',
  name: 'test',
  host: 'valkey.example.com',
  port: 6379,
  labels: {},
}

/**
 * Runs one look of a plugin against scripted replies. A command without a reply rejects as an
 * unknown one does. Rejects with what the plugin throws, and with a TypeError, RangeError or
 * ZodError where the plugin breaks the contract: an event it has not declared, data that do not fit,
 * a recheck sooner than 100 ms, a reading after its look was over.
 */
export function poll<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  replies: Replies,
  options: PollOptions<z.output<State>, z.input<Config>> = {},
): Promise<Polled<z.output<State>>> {
  return pollOver(plugin, scriptedConnection(replies), options)
}

/** The same over a connection of any kind. */
export async function pollOver<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  connection: ValkeyConnection,
  options: PollOptions<z.output<State>, z.input<Config>> = {},
): Promise<Polled<z.output<State>>> {
  const readings: Reading[] = []
  const rechecks: number[] = []
  const calls: string[] = []
  const capabilities: Record<string, boolean> = {}
  const over = new AbortController()
  const valkey = lookAt({
    ...connection,
    call(command, ...args) {
      calls.push([command, ...args].join(' '))
      return connection.call(command, ...args)
    },
  })

  const settings = options.config ?? {}
  const remembered = plugin.state?.safeParse(options.state)
  const state = remembered?.success ? remembered.data : undefined
  try {
    const next = await plugin.poll?.({
      instance: { ...watched, ...options.instance },
      valkey,
      now: options.now ?? 1706457600000,
      state,
      config: (plugin.config ? plugin.config.parse(settings) : settings) as z.output<Config>,
      signal: over.signal,
      emit(event, data, subject) {
        if (over.signal.aborted) throw new TypeError(`${event.type} was emitted after its look`)
        if (!plugin.events.some((declared) => declared.type === event.type))
          throw new TypeError(`${event.type} is not declared in the events of ${plugin.name}`)
        readings.push({ type: event.type, data: event.data.parse(data), subject })
      },
      capability(name, available) {
        if (plugin.requires?.capabilities?.[name] === undefined)
          throw new TypeError(`"${name}" is not declared in the capabilities of ${plugin.name}`)
        capabilities[name] = available
      },
      recheck(afterMs) {
        if (!(afterMs >= 100)) throw new RangeError(`recheck(${afterMs}): at least 100 ms`)
        rechecks.push(afterMs)
      },
    })
    return { readings, state: next ?? state, rechecks, calls, capabilities }
  } finally {
    over.abort()
  }
}
