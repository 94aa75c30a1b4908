import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clientOf,
  createRateLimiter,
  defaultRateLimits,
  parseRateLimits,
} from '../../src/rules/rate-limit.ts'

describe('RATE_LIMITS', () => {
  test('changes what it names and leaves the rest', () => {
    expect(parseRateLimits('')).toEqual({ ok: true, limits: { create: 25, test: 10, retry: 20 } })
    expect(parseRateLimits(' test = 3 , retry=1,')).toEqual({
      ok: true,
      limits: { create: 25, test: 3, retry: 1 },
    })
    expect(parseRateLimits('off')).toEqual({ ok: true, limits: undefined })
  })

  test.each([
    'create',
    'create=',
    'create=0',
    'create=-1',
    'create=1.5',
    'create=1=2',
    'other=1',
    'off,test=1',
  ])('%s is refused, and the part is named', (text) => {
    const part = text.split(',')[0] ?? ''
    expect(parseRateLimits(text)).toEqual({ ok: false, reason: expect.stringContaining(part) })
  })
})

describe('the limiter', () => {
  test('answers the quota of a minute, then nothing until the minute is over', () => {
    let time = 0
    const take = createRateLimiter({ ...defaultRateLimits, test: 2 }, () => time)
    expect(take('test', 'a')).toEqual({ allowed: true, quota: 2, remaining: 1, resetMs: 60_000 })
    time = 20_000
    expect(take('test', 'a')).toMatchObject({ allowed: true, remaining: 0 })
    expect(take('test', 'a')).toEqual({ allowed: false, quota: 2, remaining: 0, resetMs: 40_000 })
    time = 59_999
    expect(take('test', 'a').allowed).toBe(false)
    time = 60_000
    expect(take('test', 'a')).toMatchObject({ allowed: true, remaining: 1, resetMs: 60_000 })
  })

  test('counts every client and every limit by itself', () => {
    const take = createRateLimiter({ create: 1, test: 1, retry: 1 }, () => 0)
    for (const [name, client] of [
      ['create', 'a'],
      ['create', 'b'],
      ['test', 'a'],
    ] as const) {
      expect(take(name, client).allowed).toBe(true)
      expect(take(name, client).allowed).toBe(false)
    }
  })

  test('one that is given back was not taken', () => {
    const take = createRateLimiter({ a: 1 }, () => 0)
    for (let times = 0; times < 3; times += 1) {
      expect(take('a', 'x').allowed).toBe(true)
      expect(take('a', 'x', -1).remaining).toBe(1)
    }
  })

  test('never answers more than the quota in a window, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 60 }), (gaps) => {
        let time = 0
        const take = createRateLimiter({ ...defaultRateLimits, test: 3 }, () => time)
        let inWindow = 0
        let endsAt = 0
        for (const gap of gaps) {
          time += gap
          if (time >= endsAt) [inWindow, endsAt] = [0, time + 60_000]
          if (take('test', 'a').allowed) inWindow += 1
          expect(inWindow).toBeLessThanOrEqual(3)
        }
      }),
    )
  })

  test('remembers so many clients and no more', () => {
    const take = createRateLimiter({ create: 1, test: 1, retry: 1 }, () => 0)
    take('test', 'first')
    for (let client = 0; client < 10_000; client += 1) take('test', `client ${client}`)
    expect(take('test', 'client 9999').allowed).toBe(false)
    expect(take('test', 'first').allowed).toBe(true)
  })
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::7', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['unknown', 'unknown'],
])('%s is the client %s', (address, client) => {
  expect(clientOf(address)).toBe(client)
})
