import { expect, test } from 'vitest'
import { schedules } from '../../src/rules/schedules.ts'
import vectors from '../fixtures/schedule-vectors.json' with { type: 'json' }

test('the schedules are the published ones', () => {
  expect(schedules.db24x7).toEqual(vectors.db24x7.delaysMs)
  expect(schedules.dakkio).toEqual(vectors.dakkio.delaysMs)
  expect(schedules.standard).toEqual(vectors.standard_webhooks_example.delaysMs)
})
