import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alertCursor, parseAlertCursor } from '../../src/api/alert-cursor.ts'

const text = fc.string({ unit: 'grapheme' }).filter((it) => !it.includes('\u0000'))

test('a cursor leads back to its alert, whatever its names', () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      text,
      text,
      text,
      fc.integer({ min: 0, max: 253_402_300_799_999 }),
      (webhookId, instance, eventType, subject, time) => {
        const key = { webhookId, instance, eventType, subject, since: new Date(time) }
        const alert = { ...key, eventId: webhookId, threshold: 1, value: 1, peak: 1 }
        expect(parseAlertCursor(alertCursor(alert))).toEqual(key)
      },
    ),
  )
})

test('nothing else is a cursor', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json().map(btoaSafe)), (cursor) => {
      expect(parseAlertCursor(cursor)).toBeUndefined()
    }),
  )
  const id = '018d4f9c-2f00-7000-8000-000000000000'
  for (const parts of [
    [-1, id, 'a', 'b', 'c'],
    [1e16, id, 'a', 'b', 'c'],
    [1.5, id, 'a', 'b', 'c'],
    [1, 'no id', 'a', 'b', 'c'],
    [1, id, 'a\u0000', 'b', 'c'],
    [1, id, 'a', 'b'],
    [1, id, 'a', 'b', 'c', 'd'],
  ])
    expect(parseAlertCursor(btoaSafe(JSON.stringify(parts)))).toBeUndefined()
})

function btoaSafe(json: string): string {
  return btoa(encodeURIComponent(json))
}
