import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { deadline } from '../../src/rules/deadline.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('fires when its time is over, as AbortSignal.timeout does', () => {
  const { signal } = deadline(100)
  vi.advanceTimersByTime(99)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.aborted).toBe(true)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})

it('never fires once it is ended, and leaves no timer', () => {
  const { signal, end } = deadline(100)
  end()
  expect(vi.getTimerCount()).toBe(0)
  expect(signal.aborted).toBe(false)
})
