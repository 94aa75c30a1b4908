import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { takeTurn, type Verb } from '../../src/pipeline/turn.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A verb with so many things to do, `places` at once, each of which takes `ms`. */
function working({ things, places = 2, ms = 100, nextInMs }: Scene) {
  let [waiting, underWay, renewed] = [things, 0, 0]
  const verb: Verb = {
    async run() {
      const claimed = Math.min(waiting, places - underWay)
      waiting -= claimed
      underWay += claimed
      const done = new Promise<void>((resolve) =>
        setTimeout(() => {
          underWay -= claimed
          resolve()
        }, ms),
      )
      return { claimed, nextInMs: waiting > 0 ? 0 : nextInMs, done }
    },
    next: async () => (waiting > 0 ? 0 : nextInMs),
    async renew() {
      renewed += 1
    },
  }
  return {
    verb,
    waiting: () => waiting,
    underWay: () => underWay,
    renewed: () => renewed,
    add: (more: number) => {
      waiting += more
    },
  }
}

interface Scene {
  readonly things: number
  readonly places?: number
  readonly ms?: number
  readonly nextInMs?: number
}

async function turn({ verb }: { verb: Verb }, limits: { budgetMs: number; waitMs?: number }) {
  const taken = takeTurn(verb, limits)
  await vi.runAllTimersAsync()
  return taken
}

test('does all there is, and says when there will be more', async () => {
  const work = working({ things: 7, nextInMs: 5000 })
  expect(await turn(work, { budgetMs: 20_000 })).toEqual({
    worked: true,
    left: false,
    nextInMs: 5000,
  })
  expect([work.waiting(), work.underWay()]).toEqual([0, 0])
})

test('says that there was nothing, and asks no second time', async () => {
  const { verb } = working({ things: 0, nextInMs: 0 })
  const next = vi.fn()
  const taken = await turn({ verb: { ...verb, next } }, { budgetMs: 20_000, waitMs: 1000 })
  expect(taken).toEqual({ worked: false, left: false, nextInMs: 0 })
  expect(next).not.toHaveBeenCalled()
})

test('begins nothing after its time, leaves nothing under way, and says what is left', async () => {
  const work = working({ things: 1000, ms: 300 })
  expect(await turn(work, { budgetMs: 1000 })).toMatchObject({ worked: true, left: true })
  expect(work.underWay()).toBe(0)
  expect(work.waiting()).toBeGreaterThan(900)
})

test('takes places that become free while others hang', async () => {
  let begun = 0
  const endings = [60_000, 10, 10, 10]
  const verb: Verb = {
    async run() {
      const ms = endings[begun]
      if (ms === undefined) return { claimed: 0, nextInMs: undefined, done: Promise.resolve() }
      begun += 1
      const done = new Promise<void>((resolve) => setTimeout(resolve, ms))
      return { claimed: 1, nextInMs: 0, done }
    },
    next: async () => undefined,
  }
  const taken = takeTurn(verb, { budgetMs: 20_000 })
  await vi.advanceTimersByTimeAsync(1000)
  expect(begun).toBe(4)
  await vi.runAllTimersAsync()
  expect(await taken).toMatchObject({ left: false })
})

test('waits for what comes soon, where it is told to', async () => {
  const work = working({ things: 0, ms: 200, nextInMs: 400 })
  setTimeout(() => work.add(1), 300)
  const taken = takeTurn(work.verb, { budgetMs: 3000, waitMs: 1000 })
  await vi.advanceTimersByTimeAsync(500)
  expect(work.underWay()).toBe(1)
  await vi.runAllTimersAsync()
  expect(await taken).toMatchObject({ worked: true, nextInMs: 400 })
})

test('renews what is under way for long', async () => {
  const work = working({ things: 1, ms: 20_000 })
  await turn(work, { budgetMs: 30_000 })
  expect(work.renewed()).toBe(3)
})
