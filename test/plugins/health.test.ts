import { ValkeyError, type ValkeyFault } from 'tocsin/plugin'
import { checkPlugin, poll } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import health from '../../plugins/health.ts'

type State = z.output<NonNullable<typeof health.state>>

const start = 1706457600000
const [down, up] = health.events
const failing = (fault: ValkeyFault, message: string = fault) => ({
  PING: new ValkeyError(fault, message),
})
const refusing = failing('refused', 'Connection refused')
const silent = failing('timeout', 'No answer within 3000 ms')
const answering = { PING: 'PONG' }

/** Looks one after another, each with what the one before returned. */
async function looks(
  ...steps: readonly (readonly [afterMs: number, replies: typeof answering | typeof silent])[]
) {
  const said: { type: string; data: Readonly<Record<string, unknown>>; at: number }[] = []
  const rechecks: number[] = []
  let state: State | undefined
  let now = start
  for (const [afterMs, replies] of steps) {
    now += afterMs
    const polled = await poll(health, replies, { state, now })
    state = polled.state
    rechecks.push(...polled.rechecks)
    for (const { type, data } of polled.readings) said.push({ type, data, at: now - start })
  }
  return { said, rechecks, state, types: said.map(({ type }) => type) }
}

describe('the health of a server', () => {
  test('that answers is nothing to report, at the first look and later', async () => {
    expect(await looks([0, answering], [5000, answering])).toMatchObject({
      said: [],
      state: { status: 'up', since: start },
    })
  })

  test('that refuses connections is reported at once, also at the very first look', async () => {
    const { said, rechecks } = await looks([0, refusing])
    expect(said).toEqual([
      {
        type: 'instance.down',
        at: 0,
        data: { reason: 'Connection refused', detectedAt: '2024-01-28T16:00:00.000Z' },
      },
    ])
    expect(rechecks).toEqual([])
  })

  test.each(['timeout', 'dns', 'unreachable', 'tls', 'closed'] as const)(
    'that gives no answer (%s) is reported after a second look, a second later',
    async (fault) => {
      const { said, rechecks } = await looks(
        [0, answering],
        [5000, failing(fault)],
        [1000, failing(fault)],
      )
      expect(rechecks).toEqual([1000])
      expect(said).toMatchObject([{ type: 'instance.down', at: 6000, data: { reason: fault } }])
    },
  )

  test('that gives no answer at the very first look is held to the same rule', async () => {
    expect((await looks([0, silent])).said).toEqual([])
    expect((await looks([0, silent], [1000, silent])).types).toEqual(['instance.down'])
  })

  test('that failed to answer once only is nothing to report', async () => {
    expect((await looks([0, answering], [5000, silent], [1000, answering])).said).toEqual([])
  })

  test('is looked at again when another plugin asked for a look too soon', async () => {
    const { said, rechecks } = await looks([0, silent], [300, silent], [700, silent])
    expect(rechecks).toEqual([1000, 700])
    expect(said).toMatchObject([{ type: 'instance.down', at: 1000 }])
    expect((await looks([0, silent], [950, silent])).rechecks).toEqual([1000, 100])
  })

  test('is suspected anew where the first failed look was long ago, or the clock went back', async () => {
    expect((await looks([0, silent], [3_600_000, silent])).said).toEqual([])
    const back = await looks([0, silent], [-5000, silent])
    expect(back).toMatchObject({ said: [], rechecks: [1000, 1000], state: { since: start - 5000 } })
  })

  test('that refuses after it was silent is reported at once', async () => {
    expect((await looks([0, silent], [100, refusing])).types).toEqual(['instance.down'])
  })

  test.each(['auth', 'denied', 'unsupported', 'loading', 'busy', 'max_clients', 'error'] as const)(
    'that answers with a refusal (%s) is good: it is up',
    async (fault) => {
      const { said, state } = await looks([0, failing(fault)], [1000, failing(fault)])
      expect(said).toEqual([])
      expect(state).toMatchObject({ status: 'up' })
    },
  )

  test('is reported once while it stays down, and once when it is back', async () => {
    const { said } = await looks(
      [0, answering],
      [5000, refusing],
      [5000, silent],
      [7000, answering],
      [5000, answering],
    )
    expect(said).toEqual([
      expect.objectContaining({ type: 'instance.down', at: 5000 }),
      {
        type: 'instance.up',
        at: 17000,
        data: {
          reason: 'Connection restored',
          detectedAt: '2024-01-28T16:00:17.000Z',
          recoveredAt: '2024-01-28T16:00:17.000Z',
          downSince: '2024-01-28T16:00:05.000Z',
        },
      },
    ])
  })

  test('is back as soon as it answers, though it still loads its data', async () => {
    expect((await looks([0, refusing], [1000, failing('loading')])).types).toEqual([
      'instance.down',
      'instance.up',
    ])
  })
})

describe('the messages', () => {
  test('say why it is down', () => {
    expect(down?.message({ reason: 'Connection refused' }, 0)).toBe(
      'Database instance unreachable: Connection refused',
    )
  })

  test.each([
    [12_000, 'Database instance reachable again after 12 s'],
    [119_000, 'Database instance reachable again after 119 s'],
    [600_000, 'Database instance reachable again after 10 min'],
    [3 * 3_600_000, 'Database instance reachable again after 3 h'],
  ])('say how long it was down: %i ms', (ms, message) => {
    const recoveredAt = new Date(start + ms).toISOString()
    const downSince = new Date(start).toISOString()
    expect(up?.message({ reason: '', recoveredAt, downSince }, 0)).toBe(message)
  })

  test('do without that where a publisher does not say', () => {
    expect(up?.message({ reason: 'x' }, 0)).toBe('Database instance reachable again')
  })
})

describe('the plugin', () => {
  for (const check of checkPlugin(health)) test(check.name, check.run)
})
