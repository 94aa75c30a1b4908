import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64, hex, joined, unhexed } from '../../src/plugin/bytes.ts'

const bytes = fc.uint8Array({ maxLength: 300 })

test('bytes are written in hexadecimal digits, two each, and read back', () => {
  expect(hex(Uint8Array.of(0, 10, 255))).toBe('000aff')
  fc.assert(
    fc.property(bytes, (some) => {
      expect(unhexed(hex(some))).toEqual(some)
    }),
  )
})

test('Base64 is that of everybody else', () => {
  fc.assert(
    fc.property(bytes, (some) => {
      expect(base64(some)).toBe(Buffer.from(some).toString('base64'))
    }),
  )
})

test('parts are joined in order', () => {
  expect(joined([])).toEqual(new Uint8Array())
  expect(joined([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)])).toEqual(
    Uint8Array.of(1, 2, 3),
  )
})
