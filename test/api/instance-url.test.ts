import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isPasswordRedacted,
  requireReachable,
  urlFault,
  withStoredPassword,
} from '../../src/api/instance-url.ts'
import { parseAddress, redactUrl } from '../../src/rules/address.ts'

const stored = 'redis://monitor:p%40ss%2Fword@valkey.example.com:6379/2'

test('a URL is fine, or why not is said', () => {
  expect(urlFault(stored)).toBeUndefined()
  expect(urlFault('http://x')).toContain('Unknown scheme')
})

test('a runtime that reaches nothing private refuses what is, with its reason; others take all', () => {
  const publicOnly = 'since this one reaches nothing private'
  const policy = { production: true, allow: [], publicOnly }
  for (const host of ['10.0.0.7', '[fd00::1]', '127.0.0.1', 'localhost', 'cache.internal']) {
    expect(() => requireReachable(`redis://${host}`, policy)).toThrow(publicOnly)
    requireReachable(`redis://${host}`, { production: true, allow: [] })
  }
  requireReachable(stored, policy)
})

test('a password is redacted or not', () => {
  expect(isPasswordRedacted(redactUrl(stored))).toBe(true)
  expect(isPasswordRedacted(stored)).toBe(false)
  expect(isPasswordRedacted('redis://h')).toBe(false)
  expect(isPasswordRedacted('nonsense')).toBe(false)
})

describe('the stored password', () => {
  test('comes back for its own redacted URL, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (password) => {
        const url = `redis://monitor:${encodeURIComponent(password)}@valkey.example.com:6379/2`
        const back = withStoredPassword(redactUrl(url), url)
        expect(back && parseAddress(back)).toEqual(parseAddress(url))
      }),
    )
  })

  test('stays beside another database, name, or TLS where there was none', () => {
    const sent = 'rediss://monitor:***@VALKEY.example.com/3?name=x'
    const url = withStoredPassword(sent, stored)
    expect(url && parseAddress(url)).toMatchObject({ password: 'p@ss/word', db: 3, tls: true })
  })

  test.each([
    ['another host', 'redis://monitor:***@other.example.com:6379/2'],
    ['another port', 'redis://monitor:***@valkey.example.com:6380/2'],
    ['another user', 'redis://admin:***@valkey.example.com:6379/2'],
    ['no user', 'redis://:***@valkey.example.com:6379/2'],
  ])('goes to no %s', (_, sent) => {
    expect(withStoredPassword(sent, stored)).toBeUndefined()
  })

  test('does not leave TLS', () => {
    const encrypted = stored.replace('redis:', 'rediss:')
    expect(withStoredPassword(redactUrl(stored), encrypted)).toBeUndefined()
  })

  test('cannot come from a URL that has none', () => {
    expect(withStoredPassword('redis://:***@h', 'redis://h')).toBeUndefined()
  })

  test('is left behind by a URL that is whole', () => {
    const sent = 'redis://other:new@elsewhere.example.com'
    expect(withStoredPassword(sent, stored)).toBe(sent)
  })
})
