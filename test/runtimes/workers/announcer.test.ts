import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAnnouncer } from '../../../src/runtimes/workers/announcer.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first is told at once, many more once a second', async () => {
  const say = vi.fn(async () => {})
  const announcer = createAnnouncer(say)
  announcer.soon()
  expect(say).toHaveBeenCalledTimes(1)
  for (let count = 0; count < 10; count += 1) announcer.soon()
  expect(say).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1000)
  expect(say).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(5000)
  expect(say).toHaveBeenCalledTimes(2)
})

test('what is unsaid in the end is said before it is over, and nothing is said for nothing', async () => {
  const say = vi.fn(async () => {})
  await createAnnouncer(say).flush()
  expect(say).not.toHaveBeenCalled()
  const announcer = createAnnouncer(say)
  announcer.soon()
  announcer.soon()
  await announcer.flush()
  expect(say).toHaveBeenCalledTimes(2)
  expect(vi.getTimerCount()).toBe(0)
})
