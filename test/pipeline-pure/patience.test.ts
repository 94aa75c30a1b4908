import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { patiently } from '../../src/pipeline/patience.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('what fails is tried again until it succeeds', async () => {
  let tries = 0
  const work = patiently(async () => {
    tries += 1
    if (tries < 4) throw new Error('away')
    return tries
  }, 60_000)
  await vi.advanceTimersByTimeAsync(100 + 200 + 400)
  expect(await work).toBe(4)
})

test('it ends with the last error when its time is over', async () => {
  let tries = 0
  const work = patiently(async () => {
    tries += 1
    throw new Error(`away ${tries}`)
  }, 1000)
  const ended = expect(work).rejects.toThrow('away 4')
  await vi.advanceTimersByTimeAsync(2000)
  await ended
})
