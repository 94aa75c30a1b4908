import { expect, test } from 'vitest'
import type { WorkMessage } from '../../../src/runtimes/workers/bindings.ts'
import { delayAfter, handOn } from '../../../src/runtimes/workers/hand-on.ts'

const turn = { verb: 'send', worked: true, left: false, nextInMs: undefined } as const

test.each([
  ['what is left is for the next at once', { ...turn, left: true, nextInMs: 0 }, false, 0],
  ['a retry within the minute is for a message of its own', { ...turn, nextInMs: 1500 }, false, 2],
  [
    'the cron trigger is soon enough for a later one',
    { ...turn, nextInMs: 61_000 },
    false,
    undefined,
  ],
  ['nothing due, nothing said', turn, true, undefined],
  ['a turn in vain says nothing', { ...turn, worked: false, nextInMs: 100 }, false, undefined],
  ['but for the cron trigger', { ...turn, worked: false, nextInMs: 100 }, true, 1],
  [
    'looks that come are not for the queue',
    { ...turn, verb: 'look', nextInMs: 100 },
    true,
    undefined,
  ],
] as const)('%s', (_, taken, onTime, delay) => {
  expect(delayAfter(taken, onTime)).toBe(delay)
})

/** Bindings that keep what is said over them. */
function bindings() {
  const sent: unknown[] = []
  const woken: unknown[] = []
  return {
    sent,
    woken,
    WORK: {
      async send(message: WorkMessage, options?: { readonly delaySeconds: number }) {
        sent.push({ ...message, ...options })
      },
    },
    POLLER: {
      idFromName: (name: string) => name,
      get: () => ({
        async fetch(request: Request) {
          woken.push(await request.json())
          return new Response()
        },
      }),
    },
  }
}

test('the poller is told of the next look only where looks are wanted often, and soon', async () => {
  const look = { ...turn, verb: 'look' } as const
  const told = bindings()
  const turns = [{ ...look, nextInMs: 400 }]
  await handOn(told, { turns, often: false }, true)
  expect(told.woken).toEqual([])
  await handOn(told, { turns, often: true }, true)
  await handOn(told, { turns: [{ ...look, nextInMs: 90_000 }, look], often: true }, true)
  expect(told.woken).toEqual([{ inMs: 400 }])
  expect(told.sent).toEqual([])
})

test('each verb is handed on by itself', async () => {
  const told = bindings()
  const turns = [
    { ...turn, verb: 'look', left: true } as const,
    { ...turn, nextInMs: 2000 } as const,
  ]
  await handOn(told, { turns, often: false }, false)
  expect(told.sent).toEqual([
    { verb: 'look', delaySeconds: 0 },
    { verb: 'send', delaySeconds: 2 },
  ])
})
