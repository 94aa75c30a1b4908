import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../src/rules/retry-after.ts'

const now = Date.UTC(2015, 9, 21, 7, 27, 0)

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    ['120.1', 121_000],
    ['120.0', 120_000],
    ['0', 0],
    ['0.001', 1000],
    [' 5 ', 5000],
    ['007', 7000],
  ])('of %j seconds is %i ms', (value, ms) => {
    expect(parseRetryAfter(value, now)).toBe(ms)
  })

  it.each([
    'Wed, 21 Oct 2015 07:28:00 GMT',
    'Wednesday, 21-Oct-15 07:28:00 GMT',
    'Wed Oct 21 07:28:00 2015',
  ])('may be a date in each form of HTTP: %s', (value) => {
    expect(parseRetryAfter(value, now)).toBe(60_000)
    expect(parseRetryAfter(value, now + 61_000)).toBe(0)
  })

  it('takes a day of one digit in the oldest form', () => {
    expect(parseRetryAfter('Sun Nov  1 00:00:00 2015', Date.UTC(2015, 9, 31))).toBe(86_400_000)
  })

  it('takes two digits of a year for the one at most 50 years ahead', () => {
    const at = (year: number) => Date.UTC(year, 0, 1)
    expect(parseRetryAfter('Friday, 01-Jan-27 00:00:00 GMT', at(2026))).toBe(at(2027) - at(2026))
    expect(parseRetryAfter('Friday, 01-Jan-99 00:00:00 GMT', at(2026))).toBe(0)
  })

  it.each([
    undefined,
    null,
    '',
    'invalid',
    'invalid 1',
    '-5',
    '+5',
    '5s',
    '1e3',
    '0x10',
    '.5',
    '5.',
    '1,000',
    'Infinity',
    'NaN',
    '120, 60',
    '2015-10-21T07:28:00Z',
    'Wed, 21 Oct 2015 07:28:00 CET',
    'Wed, 32 Oct 2015 07:28:00 GMT',
    'Tue, 31 Feb 2015 07:28:00 GMT',
    'Tue, 00 Feb 2015 07:28:00 GMT',
    'Wed, 21 ctN 2015 07:28:00 GMT',
    'Wed, 21 Okt 2015 07:28:00 GMT',
    'Wed, 21 Oct 2015 24:00:00 GMT',
    'Wed, 21 Oct 2015 07:60:00 GMT',
    'Wed, 21 Oct 2015 07:28:61 GMT',
  ])('of %j says nothing', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined()
  })

  it('reads every date that JavaScript prints', () => {
    const dates = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, fc.nat(), (date, then) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000
        expect(parseRetryAfter(date.toUTCString(), then)).toBe(Math.max(0, seconds - then))
      }),
    )
  })

  it('is a whole number that is not negative, or nothing, whatever is sent', () => {
    const values = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('0', '9', '.', '-', ' ') }),
      fc.constant('9'.repeat(400)),
    )
    fc.assert(
      fc.property(values, (value) => {
        const ms = parseRetryAfter(value, now)
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true)
      }),
    )
  })
})
