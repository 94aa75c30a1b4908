import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorClasses, judge } from '../../src/rules/outcome.ts'

describe('an attempt', () => {
  it.each([200, 201, 202, 204, 226, 299])('answered with %i is a success', (status) => {
    expect(judge({ status })).toEqual({ result: 'success' })
  })

  it.each([
    [400, 'status'],
    [401, 'status'],
    [404, 'status'],
    [408, 'status'],
    [429, 'status'],
    [500, 'status'],
    [503, 'status'],
    [599, 'status'],
    [101, 'status'],
    [199, 'status'],
    [300, 'redirect'],
    [301, 'redirect'],
    [302, 'redirect'],
    [304, 'redirect'],
    [308, 'redirect'],
    [399, 'redirect'],
  ])('answered with %i is tried again, as %s', (status, errorClass) => {
    expect(judge({ status })).toEqual({ result: 'retry', errorClass })
  })

  it.each(errorClasses.filter((errorClass) => errorClass !== 'blocked'))(
    'that failed with %s is tried again',
    (errorClass) => {
      expect(judge({ errorClass })).toEqual({ result: 'retry', errorClass })
    },
  )

  it('whose answer began with 200 and never ended is no success', () => {
    expect(judge({ status: 200, errorClass: 'timeout' })).toEqual({
      result: 'retry',
      errorClass: 'timeout',
    })
  })

  it('that brought nothing at all is tried again', () => {
    expect(judge({})).toEqual({ result: 'retry', errorClass: 'network' })
  })

  it('answered with 410 ends the webhook, also when its body broke off', () => {
    expect(judge({ status: 410 })).toEqual({ result: 'gone', errorClass: 'status' })
    expect(judge({ status: 410, errorClass: 'reset' }).result).toBe('gone')
  })

  it('at a forbidden target is not tried again', () => {
    expect(judge({ errorClass: 'blocked' })).toEqual({ result: 'refused', errorClass: 'blocked' })
  })
})

describe('Retry-After', () => {
  it.each([429, 503])('is honoured on %i, up to an hour', (status) => {
    const wait = (retryAfterMs: number) => judge({ status, retryAfterMs })
    expect(wait(5000)).toEqual({ result: 'retry', errorClass: 'status', retryAfterMs: 5000 })
    expect(wait(0)).toMatchObject({ retryAfterMs: 0 })
    expect(wait(3_600_000)).toMatchObject({ retryAfterMs: 3_600_000 })
    expect(wait(3_600_001)).toMatchObject({ retryAfterMs: 3_600_000 })
  })

  it('means nothing anywhere else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.nat(), (status, retryAfterMs) => {
        fc.pre(status !== 429 && status !== 503)
        expect(judge({ status, retryAfterMs })).toEqual(judge({ status }))
      }),
    )
  })
})
