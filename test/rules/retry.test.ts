import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultRetryPolicy,
  type RetryPolicy,
  retriesAllowed,
  retryDelay,
} from '../../src/rules/retry.ts'

const never = () => 0
const most = () => 1 - Number.EPSILON

function delays(policy: RetryPolicy): number[] {
  return Array.from({ length: retriesAllowed(policy) }, (_, n) => retryDelay(policy, n + 1, never))
}

const minutes = 60_000
const hours = 60 * minutes

const published: Record<string, { policy: RetryPolicy; waits: number[] }> = {
  'seed 1, default': { policy: defaultRetryPolicy, waits: [1000, 2000, 4000] },
  'seed 1, custom': {
    policy: { maxRetries: 5, initialDelayMs: 2000, backoffMultiplier: 2, maxDelayMs: 300_000 },
    waits: [2000, 4000, 8000, 16_000, 32_000],
  },
  'seed 3': scheduled([30_000, 5 * minutes, 30 * minutes, 2 * hours, 12 * hours]),
  'seed 4': { policy: defaultRetryPolicy, waits: [1000, 2000, 4000] },
  'Standard Webhooks': scheduled([
    5000,
    5 * minutes,
    30 * minutes,
    2 * hours,
    5 * hours,
    10 * hours,
    14 * hours,
    20 * hours,
    24 * hours,
  ]),
}

function scheduled(schedule: number[]): { policy: RetryPolicy; waits: number[] } {
  return { policy: { ...defaultRetryPolicy, schedule }, waits: schedule }
}

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxRetries: fc.nat(20),
  initialDelayMs: fc.nat(3_600_000),
  backoffMultiplier: fc.double({ min: 1, max: 10, noNaN: true }),
  maxDelayMs: fc.nat(86_400_000),
})
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('retries', () => {
  it.each(Object.entries(published))('wait as published: %s', (_, { policy, waits }) => {
    expect(delays(policy)).toEqual(waits)
  })

  it('are as many as maxRetries says, or as the schedule is long', () => {
    expect(retriesAllowed(defaultRetryPolicy)).toBe(3)
    expect(retriesAllowed({ ...defaultRetryPolicy, maxRetries: 0 })).toBe(0)
    expect(retriesAllowed({ ...defaultRetryPolicy, schedule: [1, 2] })).toBe(2)
    expect(retriesAllowed({ ...defaultRetryPolicy, schedule: [] })).toBe(0)
    expect(retriesAllowed({ ...defaultRetryPolicy, schedule: undefined })).toBe(3)
  })

  it('never wait longer than maxDelayMs before jitter', () => {
    expect(retryDelay(defaultRetryPolicy, 6, never)).toBe(32_000)
    expect(retryDelay(defaultRetryPolicy, 7, never)).toBe(60_000)
    expect(retryDelay(defaultRetryPolicy, 1e9, never)).toBe(60_000)
    expect(retryDelay({ ...defaultRetryPolicy, maxDelayMs: 500 }, 1, never)).toBe(500)
    expect(retryDelay({ ...defaultRetryPolicy, initialDelayMs: 0 }, 1e9, never)).toBe(0)
  })

  it('past the end of a schedule repeat its last delay', () => {
    expect(retryDelay({ ...defaultRetryPolicy, schedule: [10, 20] }, 3, never)).toBe(20)
  })

  it('with jitter wait up to a tenth longer, at most half a second', () => {
    expect(retryDelay(defaultRetryPolicy, 1, most)).toBe(1099)
    expect(retryDelay(defaultRetryPolicy, 3, () => 0.5)).toBe(4200)
    expect(retryDelay(defaultRetryPolicy, 9, most)).toBe(60_499)
  })

  it('wait whole milliseconds within those bounds, whatever the policy', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 5000 }), randoms, (policy, retry, random) => {
        const base = retryDelay(policy, retry, never)
        const delay = retryDelay(policy, retry, () => random)
        expect(Number.isSafeInteger(delay)).toBe(true)
        expect(base).toBeLessThanOrEqual(policy.maxDelayMs)
        expect(base).toBeGreaterThanOrEqual(Math.min(policy.initialDelayMs, policy.maxDelayMs))
        expect(delay).toBeGreaterThanOrEqual(base)
        expect(delay - base).toBeLessThanOrEqual(Math.min(base / 10, 500))
      }),
    )
  })

  it('never wait less than the retry before', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 400 }), (policy, retry) => {
        expect(retryDelay(policy, retry + 1, never)).toBeGreaterThanOrEqual(
          retryDelay(policy, retry, never),
        )
      }),
    )
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'are counted from 1: %s is a mistake of the caller',
    (retry) => {
      expect(() => retryDelay(defaultRetryPolicy, retry, never)).toThrow(RangeError)
    },
  )
})
