import { expect, test } from 'vitest'
import { statusError } from '../../src/rules/status-error.ts'

test('an answer that is no success says what to do, where that can be known', () => {
  expect(statusError(401, undefined, false)).toMatch(/^HTTP 401: .*secret and httpAuth/)
  expect(statusError(404, undefined, false)).toMatch(/^HTTP 404: .*url/)
  expect(statusError(410, undefined, false)).toBe('HTTP 410: the receiver wants no more.')
  expect(statusError(302, undefined, true)).toMatch(/redirects are not followed/)
  expect(statusError(304, undefined, false)).toBe('HTTP 304')
  expect(statusError(500, undefined, false)).toBe('HTTP 500')
})

test('a format knows better', () => {
  expect(statusError(400, 'Slack refuses it.', false)).toBe('HTTP 400: Slack refuses it.')
})
