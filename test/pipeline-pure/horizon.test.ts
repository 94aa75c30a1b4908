import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createHorizon } from '../../src/pipeline/horizon.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A table that says the same until it is told otherwise. */
function table(inMs: number | undefined) {
  const held = { inMs, asked: 0 }
  const horizon = createHorizon(async () => {
    held.asked += 1
    return held.inMs
  })
  return { held, after: () => horizon.after(performance.now()), horizon }
}

it('says what the table says, and does not ask it again within a second', async () => {
  const { held, after } = table(5000)
  expect(await after()).toBe(5000)
  vi.advanceTimersByTime(400)
  expect(await after()).toBe(600)
  expect(held.asked).toBe(1)
  vi.advanceTimersByTime(600)
  held.inMs = 3000
  expect(await after()).toBe(3000)
  expect(held.asked).toBe(2)
})

it('says nothing where nothing is owed, and looks again a second after something was', async () => {
  const { held, after } = table(undefined)
  expect(await after()).toBeUndefined()
  vi.advanceTimersByTime(1)
  expect(await after()).toBe(999)
  vi.advanceTimersByTime(999)
  expect(await after()).toBeUndefined()
  expect(held.asked).toBe(2)
})

it('knows of a retry without asking, and asks once that is due', async () => {
  const { held, after, horizon } = table(undefined)
  await after()
  horizon.expect(300)
  horizon.expect(700)
  expect(await after()).toBe(300)
  vi.advanceTimersByTime(300)
  held.inMs = 400
  expect(await after()).toBe(400)
  expect(held.asked).toBe(2)
})

it('wants another claim at once for what has become due during one', async () => {
  const { held, after, horizon } = table(undefined)
  await after()
  horizon.expect(10)
  const from = performance.now()
  vi.advanceTimersByTime(15)
  expect(await horizon.after(from)).toBe(0)
  expect(held.asked).toBe(1)
})

it('looks less and less often at what is due and finds no place', async () => {
  const { after } = table(0)
  const pauses: number[] = []
  for (let round = 0; round < 7; round += 1) {
    const pause = (await after()) ?? 0
    pauses.push(pause)
    vi.advanceTimersByTime(pause)
  }
  expect(pauses).toEqual([50, 100, 200, 400, 500, 500, 500])
})
