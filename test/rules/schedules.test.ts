import { expect, test } from 'vitest'
import { schedules } from '../../src/rules/schedules.ts'
import vectors from '../fixtures/schedule-vectors.json' with { type: 'json' }

test('the schedules are the published ones', () => {
  expect(schedules.db24x7).toEqual(vectors.db24x7.delaysMs)
  expect(schedules.dakkio).toEqual(vectors.dakkio.delaysMs)
  // Seed 5 names no delays, only the end: five minutes.
  expect(schedules.stalwart.reduce((all, delay) => all + delay, 0)).toBe(300_000)
  expect(schedules.standard).toEqual(vectors.standard_webhooks_example.delaysMs)
})
