import { expect, test } from 'vitest'
import { duration, httpStatus, moment, port } from '../../src/cli/option-values.ts'

test('options are read with their units, and refused with an example', () => {
  expect([duration('500ms'), duration('1.5s'), duration('5m'), duration('24h')]).toEqual([
    500, 1500, 300_000, 86_400_000,
  ])
  expect(moment('1706457600000')).toBe(1706457600000)
  expect(moment('2024-01-28T16:00:00Z')).toBe(1706457600000)
  expect([port('0'), port('65535'), httpStatus('200')]).toEqual([0, 65_535, 200])
  for (const wrong of ['5', '-1s', '25h', 's', '1 s']) expect(() => duration(wrong)).toThrow('2s')
  for (const wrong of ['65536', '-1', '1.5', '0x1']) expect(() => port(wrong)).toThrow('3002')
  for (const wrong of ['199', '600', 'ok']) expect(() => httpStatus(wrong)).toThrow('500')
  for (const wrong of ['soon', '']) expect(() => moment(wrong)).toThrow('2024-01-28T16:00:00Z')
})
