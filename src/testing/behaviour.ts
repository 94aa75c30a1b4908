import type { z } from 'zod'
import type { Plugin } from '../plugin/plugin.ts'
import { ValkeyError } from '../plugin/valkey.ts'
import type { ValkeyConnection } from '../valkey/connection.ts'
import { type Check, CheckFailure, hold } from './check.ts'
import { canonical, notJson } from './json.ts'
import { type Polled, type PollOptions, pollOver, type Reading } from './poll.ts'
import { type Replies, scriptedConnection } from './replies.ts'
import { settledWithin, timersLeft } from './timers.ts'

/** Scripted answers come at once, so a look that takes this long waits for what never comes. */
const patienceMs = 1000

const faults = [
  new ValkeyError('denied', 'this user has no permissions to run this command'),
  new ValkeyError('unsupported', 'unknown command'),
  new ValkeyError('timeout', 'No answer within 3000 ms'),
] as const

/** What is checked by looking at a healthy server, and at one that fails. */
export function behaviourChecks<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  replies: Replies,
): Check[] {
  type Remembered = z.output<State>
  const healthy = scriptedConnection(replies)

  async function look(
    options: PollOptions<Remembered, z.input<Config>> = {},
    connection: ValkeyConnection = healthy,
  ): Promise<Polled<Remembered>> {
    const polled = await settledWithin(patienceMs, pollOver(plugin, connection, options))
    if (polled === 'hangs') throw new CheckFailure(`the look hangs: over ${patienceMs} ms`)
    return polled
  }

  /** A first and a second look at a server that fails every command, then at one that fails one. */
  async function looksAtFailing(fault: ValkeyError): Promise<Polled<Remembered>[]> {
    const before = await look()
    const looks: Polled<Remembered>[] = []
    for (const line of [undefined, ...before.calls]) {
      for (const options of [{}, { state: before.state, now: later }]) {
        const polled = await look(options, failing(healthy, fault, line)).catch((error) => {
          const where = `after ${fault.fault} on ${line ?? 'every command'}`
          hold(error === fault, `${where} it rejects with ${error}`)
        })
        if (polled) looks.push(polled)
      }
    }
    return looks
  }

  const survival = faults.map((fault) => ({
    name: `survives ${fault.fault} on any command`,
    run: async () => {
      await looksAtFailing(fault)
    },
  }))

  return [
    {
      name: 'says nothing new at later looks when nothing changed',
      async run() {
        const first = await look()
        const second = await look({ state: first.state, now: later })
        const third = await look({ state: second.state ?? first.state, now: later + 5000 })
        const limits = new Map(plugin.events.map(({ type, threshold }) => [type, threshold]))
        const held = ({ type, data, subject }: Reading) => {
          const value = limits.get(type)?.value(data)
          return value === undefined ? [] : [`${type} ${subject ?? ''} ${value}`]
        }
        const news = [...second.readings, ...third.readings].find(({ type }) => !limits.get(type))
        hold(news === undefined, `a later look reports ${news?.type} again`)
        const [was, is, stays] = [first, second, third].map(({ readings }) =>
          readings.flatMap(held),
        )
        const say = (these: readonly string[] = []) => `(${these.join(', ')})`
        // A rate is known from the second look on, so there may be more then; never less.
        const kept = was?.every((reading) => is?.includes(reading))
        hold(kept === true, `the readings changed from ${say(was)} to ${say(is)}`)
        hold(say(is) === say(stays), `the readings changed from ${say(is)} to ${say(stays)}`)
      },
    },
    ...survival,
    {
      name: 'keeps a state that is JSON and fits its schema',
      async run() {
        const first = await look()
        const second = await look({ state: first.state, now: later })
        const failed = await Promise.all(faults.map(looksAtFailing))
        for (const { state } of [first, second, ...failed.flat()]) fits(plugin, state)
      },
    },
    {
      name: 'calls only the commands it requires',
      async run() {
        const required = new Set(plugin.requires?.commands)
        const failed = await Promise.all(faults.map(looksAtFailing))
        for (const line of [await look(), ...failed.flat()].flatMap(({ calls }) => calls)) {
          const [command = '', subcommand = ''] = line.toLowerCase().split(' ')
          const known = required.has(command) || required.has(`${command}|${subcommand}`)
          hold(known, `"${line}" is called and not in requires.commands`)
        }
      },
    },
    {
      name: 'leaves no timers behind',
      async run() {
        const left = await timersLeft(() => look())
        hold(left === 0, `${left} timers were left running after the look`)
      },
    },
  ]
}

/** The second look: one interval after the first. */
const later = 1706457605000

/** The connection, except that `line`, or every call, rejects. */
const failing = (
  connection: ValkeyConnection,
  fault: ValkeyError,
  line: string | undefined,
): ValkeyConnection => ({
  ...connection,
  async call(command, ...args) {
    if (line === undefined || line === [command, ...args].join(' ')) throw fault
    return connection.call(command, ...args)
  },
})

function fits<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  state: z.output<State> | undefined,
): void {
  if (state === undefined) return
  if (!plugin.state) throw new CheckFailure('it returns a state and declares no `state` schema')
  const path = notJson(state)
  hold(path === undefined, `the state is not JSON at ${path}`)
  const parsed = plugin.state.safeParse(state)
  const [issue] = parsed.error?.issues ?? []
  hold(parsed.success, `the state does not fit: ${issue?.path.join('.')}: ${issue?.message}`)
  hold(canonical(parsed.data) === canonical(state), 'the schema changes the state it is given')
}
