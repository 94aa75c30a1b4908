import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyMoment, parseMoment, queryMoment } from '../../../src/api/schemas/moment.ts'

describe('a moment is read from', () => {
  test.each([
    ['0', 0],
    ['1706457600000', 1_706_457_600_000],
    [1_706_457_600_000, 1_706_457_600_000],
    ['2024-01-28', 1_706_400_000_000],
    ['2024-01-28T16:00Z', 1_706_457_600_000],
    ['2024-01-28T16:00:00Z', 1_706_457_600_000],
    ['2024-01-28T16:00:00.250Z', 1_706_457_600_250],
    ['2024-01-28T18:00:00+02:00', 1_706_457_600_000],
    ['2024-01-28T18:00:00 02:00', 1_706_457_600_000],
    ['2024-01-28T11:00:00-05:00', 1_706_457_600_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
  ])('%j', (text, time) => {
    expect(parseMoment(text)?.getTime()).toBe(time)
  })
})

describe('no moment is read from', () => {
  test.each([
    '',
    ' ',
    'now',
    '-1',
    '1.5',
    '1e3',
    '253402300800000',
    '9'.repeat(400),
    '1969-12-31T23:59:59Z',
    '2024-01-28T16:00:00',
    '2024-13-01',
    '2024-01-28 16:00:00Z',
    'Sun, 28 Jan 2024 16:00:00 GMT',
    '+010000-01-01T00:00:00Z',
  ])('%j', (text) => {
    expect(parseMoment(text)).toBeUndefined()
  })
})

test('every moment comes back from both of its spellings', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (time) => {
      const date = new Date(time)
      expect(parseMoment(time)).toEqual(date)
      expect(parseMoment(date.toISOString())).toEqual(date)
    }),
  )
})

test('a query is text, a body may hold a number', () => {
  const query = queryMoment('Then.')
  const body = bodyMoment('Then.')
  expect(query.safeParse('1').data).toEqual(new Date(1))
  expect(query.safeParse(1).success).toBe(false)
  expect(body.safeParse(1).data).toEqual(new Date(1))
  expect(body.safeParse('1970-01-01T00:00:00.001Z').data).toEqual(new Date(1))
  expect(body.safeParse(1.5).success).toBe(false)
  expect(body.safeParse(null).error?.issues[0]?.message).toMatch(/^Write a moment as/)
})
