import {
  definePlugin,
  type EventDeclaration,
  type Plugin,
  type PollContext,
  ValkeyError,
} from 'tocsin/plugin'
import { checkPlugin, type PollOptions, poll } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const hot = {
  type: 'engine.hot',
  tier: 'community',
  severity: 'warning',
  summary: 'The engine is hot.',
  data: z.object({ degrees: z.number() }),
  example: { degrees: 95, threshold: 90, message: 'Engine at 95 (threshold: 90)' },
  threshold: {
    key: 'engineHotDegrees',
    default: 90,
    min: 1,
    max: 200,
    value: (data) => Number(data.degrees),
  },
  message: (data, threshold) => `Engine at ${data.degrees} (threshold: ${threshold})`,
} satisfies EventDeclaration

const stalled = {
  type: 'engine.stalled',
  tier: 'pro',
  severity: 'critical',
  summary: 'The engine stands still.',
  data: z.object({ reason: z.string() }),
  example: { message: 'Stalled: no fuel', reason: 'no fuel' },
  message: (data) => `Stalled: ${data.reason}`,
} satisfies EventDeclaration

type Look = PollContext<{ looks: number }, Record<string, never>>
type Options = PollOptions<{ looks: number }, Record<string, never>>

/** A plugin that holds to everything. */
const engine = definePlugin({
  name: 'engine',
  events: [hot, stalled],
  requires: { commands: ['info', 'config|get'] },
  state: z.object({ looks: z.int() }),
  async poll({ valkey, emit, state }) {
    const [info] = await Promise.all([
      valkey.info(),
      valkey.call('CONFIG', 'GET', 'engine').catch((error) => {
        if (!(error instanceof ValkeyError)) throw error
      }),
    ])
    emit(hot, { degrees: info.number('connected_clients') ?? 0 })
    return { looks: Math.min(1, (state?.looks ?? 0) + 1) }
  },
})

describe('poll', () => {
  test('gives the readings as the schema parsed them, the state and what was sent', async () => {
    expect(await poll(engine, { INFO: { connected_clients: 7 }, 'CONFIG GET': [] })).toEqual({
      readings: [{ type: 'engine.hot', data: { degrees: 7 }, subject: undefined }],
      state: { looks: 1 },
      rechecks: [],
      calls: ['INFO all', 'CONFIG GET engine'],
      capabilities: {},
    })
  })

  /** One look of a plugin made of this. */
  const looking = (look: (context: Look) => unknown, options: Options = {}) => {
    const { poll: _, ...rest } = engine
    return {
      under: (replies: Parameters<typeof poll>[1] = {}) =>
        poll(
          definePlugin({
            ...rest,
            async poll(context) {
              await look(context as Look)
              return undefined
            },
          }),
          replies,
          options,
        ),
    }
  }
  const answer = async (
    replies: Parameters<typeof poll>[1],
    ...call: [string, ...(string | number)[]]
  ) => {
    let reply: unknown
    await looking(async ({ valkey }) => {
      reply = await valkey.call(...call).catch((error: unknown) => error)
    }).under(replies)
    return reply
  }

  test('answers by the longest line a call begins with, in letters of either case', async () => {
    const replies = { acl: 'short', 'ACL LOG': 'long' }
    expect(await answer(replies, 'acl', 'log', 128)).toBe('long')
    expect(await answer(replies, 'ACL', 'LIST')).toBe('short')
  })

  test('answers with what a function works out', async () => {
    expect(await answer({ ECHO: (word) => `${word}!` }, 'ECHO', 'hey')).toBe('hey!')
    expect(await answer({ ECHO: () => Promise.resolve(null) }, 'ECHO', 'hey')).toBeNull()
    expect(await answer({ ECHO: () => new ValkeyError('busy', 'busy') }, 'ECHO')).toMatchObject({
      fault: 'busy',
    })
  })

  test('rejects with a scripted error, and a command without a reply as an unknown one', async () => {
    const denied = new ValkeyError('denied', 'no')
    expect(await answer({ ACL: denied }, 'ACL', 'LIST')).toBe(denied)
    expect(await answer({}, 'ACL', 'LIST')).toMatchObject({ fault: 'unsupported' })
  })

  test('takes INFO as its fields or as text', async () => {
    for (const INFO of [{ role: 'master', x: 5 }, '# Section\r\nrole:master\r\nx:5\r\n'])
      await looking(async ({ valkey }) => {
        const info = await valkey.info()
        expect([info.text('role'), info.number('x')]).toEqual(['master', 5])
      }).under({ INFO })
    expect.assertions(2)
  })

  test('sends a call once that is made twice', async () => {
    const look = looking(({ valkey }) => Promise.all([valkey.call('PING'), valkey.call('PING')]))
    expect((await look.under({ PING: 'PONG' })).calls).toEqual(['PING'])
  })

  test('hands over the instance, the time, the settings and a state that fits', async () => {
    let seen: Look | undefined
    const look = (options: Options) =>
      looking((context) => {
        seen = context
      }, options).under()
    expect(
      (await look({ state: { looks: 4 }, now: 5, instance: { name: 'cache' } })).state,
    ).toEqual({
      looks: 4,
    })
    expect(seen).toMatchObject({ now: 5, state: { looks: 4 }, config: {} })
    expect(seen?.instance).toMatchObject({ name: 'cache', port: 6379 })
    expect((await look({ state: 'of an older version' as never })).state).toBeUndefined()
    expect(seen).toMatchObject({ now: 1706457600000, state: undefined })
  })

  test('parses the settings with the schema of the plugin', async () => {
    let seen: unknown
    const configured = definePlugin({
      name: 'configured',
      events: [],
      config: z.object({ every: z.int().default(5) }),
      poll({ config }) {
        seen = config
        return undefined
      },
    })
    await poll(configured, {})
    expect(seen).toEqual({ every: 5 })
    await poll(configured, {}, { config: { every: 7 } })
    expect(seen).toEqual({ every: 7 })
    await expect(poll(configured, {}, { config: { every: 0.5 } })).rejects.toThrow(z.ZodError)
  })

  test('gives what was emitted with a subject, and the rechecks asked for', async () => {
    const polled = await looking(({ emit, recheck }) => {
      emit(hot, { degrees: 1 }, 'left')
      recheck(100)
    }).under()
    expect(polled.readings).toMatchObject([{ subject: 'left' }])
    expect(polled.rechecks).toEqual([100])
  })

  test('rejects what breaks the contract', async () => {
    const other = { ...hot, type: 'engine.other' }
    await expect(looking(({ emit }) => emit(other, { degrees: 1 })).under()).rejects.toThrow(
      'engine.other is not declared in the events of engine',
    )
    await expect(looking(({ emit }) => emit(hot, { degrees: Number.NaN })).under()).rejects.toThrow(
      z.ZodError,
    )
    await expect(looking(({ recheck }) => recheck(99)).under()).rejects.toThrow(RangeError)
  })

  test('refuses a reading after the look, whose signal is aborted then', async () => {
    let late: Look | undefined
    await looking((context) => {
      late = context
    }).under()
    expect(late?.signal.aborted).toBe(true)
    expect(() => late?.emit(hot, { degrees: 1 })).toThrow('after its look')
  })
})

/** The names of the checks that fail, with what they say. */
async function failures(plugin: Plugin, replies = {}): Promise<Record<string, string>> {
  const failed: Record<string, string> = {}
  for (const { name, run } of checkPlugin(plugin, { replies }))
    await run().catch((error) => {
      failed[name] = error.message
    })
  return failed
}

const oneEvent = (event: EventDeclaration): Plugin => ({ name: 'engine', events: [event] })
const looks = (look: (context: Look) => unknown, extra: Partial<Plugin> = {}): Plugin =>
  definePlugin({
    ...(engine as Plugin),
    ...extra,
    async poll(context) {
      return look(context as Look) as never
    },
  })

describe('checkPlugin', () => {
  test('passes a plugin that holds to everything', async () => {
    expect(await failures(engine)).toEqual({})
    expect(await failures(oneEvent(stalled))).toEqual({})
  })

  test('names its checks apart', () => {
    const names = checkPlugin(engine).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  test('uses the replies it is given, and typical ones for the rest', async () => {
    const plugin = looks(async ({ valkey }) => {
      const info = await valkey.info()
      if (info.text('role') !== 'slave') throw new Error('asked a primary')
      return undefined
    })
    expect(await failures(plugin, { INFO: { role: 'slave' } })).toEqual({})
    expect(Object.values(await failures(plugin))).toContain('asked a primary')
  })
})

describe('a declaration fails where', () => {
  const threshold = hot.threshold
  const named = 'has well-formed names'
  const settable = 'has thresholds that can be set'
  const valid = 'has a valid example of engine.hot'
  const once = 'declares each event type and each threshold key once'
  const acl = 'names the commands it requires as ACL rules do'
  const said = 'has a message for engine.hot'
  const number = 'has a number to hold against the threshold of engine.hot'

  test.each<[string, Plugin, string, RegExp]>([
    ['the plugin has a bad name', { ...oneEvent(hot), name: 'My Engine' }, named, /My Engine/],
    ['a type has capitals', oneEvent({ ...hot, type: 'Engine.hot' }), named, /Engine.hot/],
    ['a type is one word', oneEvent({ ...hot, type: 'engine' }), named, /engine/],
    ['there is no summary', oneEvent({ ...hot, summary: ' ' }), named, /summary/],
    ['there is no such tier', oneEvent({ ...hot, tier: 'gold' as never }), named, /gold/],
    ['there is no such severity', oneEvent({ ...hot, severity: 'bad' as never }), named, /bad/],
    ['a type is declared twice', { ...engine, events: [stalled, stalled] }, once, /engine.stalled/],
    [
      'a key is declared twice',
      { ...engine, events: [hot, { ...hot, type: 'engine.cold' }] },
      once,
      /engineHot/,
    ],
    [
      'a key is no name',
      oneEvent({ ...hot, threshold: { ...threshold, key: 'hot-limit' } }),
      settable,
      /camelCase/,
    ],
    [
      'the default is too small',
      oneEvent({ ...hot, threshold: { ...threshold, default: 0 } }),
      settable,
      /within 1 to 200/,
    ],
    [
      'the default is no whole number',
      oneEvent({ ...hot, threshold: { ...threshold, default: 1.5 } }),
      settable,
      /whole/,
    ],
    [
      'min is above max',
      oneEvent({ ...hot, threshold: { ...threshold, min: 300 } }),
      settable,
      /no room/,
    ],
    [
      'the unit is empty',
      oneEvent({ ...hot, threshold: { ...threshold, unit: '' } }),
      settable,
      /unit/,
    ],
    [
      'the direction is unknown',
      oneEvent({ ...hot, threshold: { ...threshold, direction: 'up' as never } }),
      settable,
      /up/,
    ],
    [
      '0 cannot choose the baseline',
      oneEvent({ ...hot, threshold: { ...threshold, auto: () => 5 } }),
      settable,
      /baseline/,
    ],
    [
      'the example does not fit',
      oneEvent({ ...hot, example: { ...hot.example, degrees: 'hot' } }),
      valid,
      /degrees/,
    ],
    [
      'the example has more than the schema',
      oneEvent({ ...hot, example: { ...hot.example, more: 1 } }),
      valid,
      /undeclared/,
    ],
    [
      'the example is not JSON',
      oneEvent({ ...hot, example: { ...hot.example, at: new Date(0) } }),
      valid,
      /at \/at/,
    ],
    [
      'the schema has the message',
      oneEvent({ ...hot, data: hot.data.extend({ message: z.string() }) }),
      valid,
      /message/,
    ],
    [
      'the schema has the threshold',
      oneEvent({ ...hot, data: hot.data.extend({ threshold: z.number() }) }),
      valid,
      /threshold/,
    ],
    ['the message is empty', oneEvent({ ...hot, message: () => '' }), said, /empty/],
    ['the message has two lines', oneEvent({ ...hot, message: () => 'a\nb' }), said, /line/],
    [
      'the message is not that of the example',
      oneEvent({ ...hot, message: () => 'Hot!' }),
      said,
      /Hot!/,
    ],
    [
      'the value is no number',
      oneEvent({ ...hot, threshold: { ...threshold, value: () => Number.NaN } }),
      number,
      /NaN/,
    ],
    [
      'the baseline is infinite',
      oneEvent({ ...hot, threshold: { ...threshold, min: 0, auto: () => Infinity } }),
      number,
      /Infinity/,
    ],
    [
      'a command is no ACL rule',
      { ...engine, requires: { commands: ['CONFIG GET'] } },
      acl,
      /CONFIG GET/,
    ],
    [
      'a command is there twice',
      { ...engine, requires: { commands: ['info', 'config|get', 'info'] } },
      acl,
      /twice/,
    ],
  ])('%s', async (_, plugin, check, why) => {
    expect((await failures({ ...plugin, poll: undefined as never }))[check]).toMatch(why)
  })

  test('an event without a threshold may have one of its own in its data', async () => {
    const data = z.object({ reason: z.string(), threshold: z.number() })
    const example = { message: 'Stalled: x', reason: 'x', threshold: 3 }
    expect(await failures(oneEvent({ ...stalled, data, example }))).toEqual({})
  })
})

describe('a look fails where', () => {
  const again = 'says nothing new at later looks when nothing changed'
  const state = 'keeps a state that is JSON and fits its schema'
  const timers = 'leaves no timers behind'
  const required = 'calls only the commands it requires'
  const survives = (fault: string) => `survives ${fault} on any command`

  test('an event is reported again though nothing changed', async () => {
    const plugin = looks(({ emit }) => emit(stalled, { reason: 'x' }))
    expect((await failures(plugin))[again]).toMatch(/engine.stalled again/)
  })

  test('a reading changes though nothing changed, or is left out', async () => {
    const grows = looks(({ emit, now }) => emit(hot, { degrees: now }))
    expect((await failures(grows))[again]).toMatch(/readings changed/)
    const once = looks(({ emit, state: last }) => {
      if (!last) emit(hot, { degrees: 1 })
      return { looks: 1 }
    })
    expect((await failures(once))[again]).toMatch(/readings changed/)
  })

  test('another error than the one it was given ends it', async () => {
    const careless = looks(async ({ valkey }) => {
      const reply = await valkey.call('CONFIG', 'GET', 'x').catch(() => null)
      return { looks: (reply as readonly unknown[]).length }
    })
    const failed = await failures(careless, { CONFIG: [] })
    for (const fault of ['denied', 'unsupported', 'timeout'])
      expect(failed[survives(fault)]).toMatch(/every command it rejects with TypeError/)
  })

  test('one command of two is not expected to fail alone', async () => {
    const careless = looks(async ({ valkey }) => {
      await valkey.info()
      const reply = await valkey.call('CONFIG', 'GET', 'x').catch(() => null)
      return { looks: (reply as readonly unknown[]).length }
    })
    const failed = await failures(careless, { CONFIG: [] })
    expect(failed[survives('denied')]).toMatch(/denied on CONFIG GET x it rejects with TypeError/)
  })

  test('it fails at a second look only', async () => {
    const careless = looks(async ({ valkey, state: last }) => {
      const info = await valkey.info().catch(() => undefined)
      if (last && !info) throw new RangeError('no info')
      return { looks: 1 }
    })
    expect((await failures(careless))[survives('timeout')]).toMatch(/RangeError: no info/)
  })

  test('it wraps the error it was given', async () => {
    const wraps = looks(({ valkey }) =>
      valkey.info().catch((cause) => {
        throw new ValkeyError('error', 'INFO failed', { cause })
      }),
    )
    expect((await failures(wraps))[survives('denied')]).toMatch(/INFO failed/)
  })

  test('it hangs', async () => {
    const hangs = looks(({ valkey }) => valkey.info().catch(() => new Promise(() => {})))
    const check = checkPlugin(hangs).find(({ name }) => name === survives('timeout'))
    await expect(check?.run()).rejects.toThrow('hangs')
  })

  test.each<[string, () => unknown, RegExp]>([
    ['is not JSON', () => ({ looks: 1, seen: new Map() }), /not JSON at \/seen/],
    ['has a part that is undefined', () => ({ looks: 1, seen: undefined }), /not JSON at \/seen/],
    ['has a number that is none', () => ({ looks: Number.NaN }), /not JSON at \/looks/],
    ['does not fit the schema', () => ({ looks: 'two' }), /does not fit: looks/],
    ['has more than the schema', () => ({ looks: 1, more: 2 }), /changes the state/],
  ])('the state %s', async (_, next, why) => {
    expect((await failures(looks(next)))[state]).toMatch(why)
  })

  test('there is a state and no schema for it', async () => {
    const { state: _, ...stateless } = engine
    const plugin: Plugin = { ...stateless, poll: () => ({ looks: 1 }) }
    expect((await failures(plugin))[state]).toMatch(/no `state` schema/)
  })

  test('it calls what it does not declare, also only when something failed', async () => {
    const calls = looks(({ valkey }) => valkey.call('PING').then(() => undefined))
    expect((await failures(calls))[required]).toMatch(/"PING"/)
    const sometimes = looks(async ({ valkey }) => {
      await valkey
        .info()
        .catch(() => valkey.call('ROLE'))
        .catch(() => {})
      return undefined
    })
    expect((await failures(sometimes))[required]).toMatch(/"ROLE"/)
  })

  test('a command may be declared whole', async () => {
    const whole = { ...engine, requires: { commands: ['info', 'config'] } }
    expect(await failures(whole)).toEqual({})
  })

  test('a timer is left behind', async () => {
    const timeout = looks(() => {
      setTimeout(() => {}, 60_000)
      return undefined
    })
    expect((await failures(timeout))[timers]).toMatch(/1 timers/)
    const interval = looks(() => {
      setInterval(() => {}, 60_000)
      return undefined
    })
    expect((await failures(interval))[timers]).toMatch(/1 timers/)
  })

  test('but not where the timer was cleared or has gone off, and the globals come back', async () => {
    const before = globalThis.setTimeout
    const tidy = looks(async () => {
      clearTimeout(setTimeout(() => {}, 60_000))
      clearInterval(setInterval(() => {}, 60_000))
      await new Promise((resolve) => setTimeout(resolve, 1))
      return undefined
    })
    expect(await failures(tidy)).toEqual({})
    expect(globalThis.setTimeout).toBe(before)
  })
})
