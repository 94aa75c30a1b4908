import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { abortSignalOf, deadline } from '../../src/rules/deadline.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('fires when its time is over, as AbortSignal.timeout does', () => {
  const signal = deadline(100)
  vi.advanceTimersByTime(99)
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(signal.aborted).toBe(true)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})

it('never fires once it is ended, and leaves no timer', () => {
  const signal = deadline(100)
  signal.end()
  expect(vi.getTimerCount()).toBe(0)
  expect(signal.aborted).toBe(false)
})

it('tells those who listen, once, and those who have stopped listening nothing', () => {
  const heard: string[] = []
  const signal = deadline(100)
  const stopped = () => heard.push('stopped')
  signal.addEventListener('abort', stopped)
  signal.addEventListener('abort', () => heard.push('still there'))
  signal.removeEventListener('abort', stopped)
  vi.advanceTimersByTime(1000)
  expect(heard).toEqual(['still there'])
})

it('serves those who take nothing but an AbortSignal, before and after it has fired', () => {
  const signal = deadline(100)
  const early = abortSignalOf(signal)
  expect(early.aborted).toBe(false)
  vi.advanceTimersByTime(100)
  for (const taken of [early, abortSignalOf(signal)])
    expect(taken).toMatchObject({ aborted: true, reason: signal.reason })
  const { signal: own } = new AbortController()
  expect(abortSignalOf(own)).toBe(own)
})
