import { expect, test } from 'vitest'
import { covers, scopeNames, scopes } from '../../src/rules/scope.ts'

test('every scope is described', () => {
  expect([...scopeNames].sort()).toEqual(Object.keys(scopes).sort())
})

test('admin covers everything, write what read does, the others only themselves', () => {
  const covered = Object.fromEntries(
    scopeNames.map((granted) => [
      granted,
      scopeNames.filter((needed) => covers([granted], needed)),
    ]),
  )
  expect(covered).toEqual({
    read: ['read'],
    write: ['read', 'write'],
    publish: ['publish'],
    secrets: ['secrets'],
    admin: scopeNames,
  })
})

test('several add up, and none or an unknown one grants nothing', () => {
  expect(covers(['publish', 'secrets'], 'secrets')).toBe(true)
  expect(covers([], 'read')).toBe(false)
  expect(covers(['root'], 'read')).toBe(false)
})
