import { expect, test } from 'vitest'
import { changedLacks } from '../../src/pipeline/lacks.ts'

const denied = { 'acl|log': { reason: 'denied', message: 'No permission', at: 1 } } as const
const off = { 'sample/log': { reason: 'off', message: '', at: 1 } } as const
const look = (...said: [string, boolean][]) => [{ plugin: 'sample', capabilities: new Map(said) }]

test('what is known already is no change', () => {
  expect(changedLacks({}, {}, look(), 5)).toBeNull()
  expect(changedLacks(denied, denied, look(), 5)).toBeNull()
  expect(
    changedLacks({ ...denied, ...off }, { ...denied, ...off }, look(['log', false]), 5),
  ).toBeNull()
  expect(changedLacks({}, {}, look(['log', true]), 5)).toBeNull()
})

test('what a plugin does not speak of at this look stays as it was', () => {
  expect(changedLacks(off, off, look(), 5)).toBeNull()
})

test('what a plugin says is off is added, and removed when it is on', () => {
  const added = changedLacks(denied, denied, look(['log', false]), 1)
  expect(added).toEqual({ ...denied, ...off })
  expect(changedLacks(added ?? {}, added ?? {}, look(['log', true]), 5)).toEqual(denied)
})

test('what is refused now, and no longer, is a change', () => {
  expect(changedLacks({}, denied, look(), 5)).toEqual(denied)
  expect(changedLacks(denied, {}, look(), 5)).toEqual({})
})
