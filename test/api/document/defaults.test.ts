import { expect, test } from 'vitest'
import { tellDefaults } from '../../../src/api/document/defaults.ts'

test('a default is told in words', () => {
  expect(
    tellDefaults({ properties: { a: { type: 'integer', default: 3, description: 'Retries.' } } }),
  ).toEqual({ properties: { a: { type: 'integer', description: 'Retries. Default: `3`.' } } })
})

test.each([
  { default: {}, description: 'An empty object.' },
  { default: 3, description: 'Default 3 s.' },
  { description: 'None.' },
])('%j needs no words', ({ description, ...rest }) => {
  expect(tellDefaults({ ...rest, description })).toEqual({ description })
})
