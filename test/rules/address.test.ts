import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AddressError, parseAddress, redactUrl } from '../../src/rules/address.ts'

const refusal = (url: string): string => {
  try {
    parseAddress(url)
  } catch (error) {
    if (error instanceof AddressError) return error.message
    throw error
  }
  throw new Error(`${url} was accepted`)
}

const secret = fc.string({ minLength: 1, unit: 'grapheme' })

describe('parseAddress', () => {
  test('takes the port 6379 and the database 0 where none is given', () => {
    expect(parseAddress('redis://cache.example.com')).toEqual({
      host: 'cache.example.com',
      port: 6379,
      tls: false,
      db: 0,
    })
  })

  test('reads every part', () => {
    expect(parseAddress('valkeys://ann:p%40ss%3A@Cache:7000/3?name=main%20cache')).toEqual({
      host: 'cache',
      port: 7000,
      tls: true,
      username: 'ann',
      password: 'p@ss:',
      db: 3,
      name: 'main cache',
    })
  })

  test.each([
    ['redis', false],
    ['valkey', false],
    ['rediss', true],
    ['valkeys', true],
  ])('takes the scheme %s, TLS %s', (scheme, tls) => {
    expect(parseAddress(`${scheme}://h`).tls).toBe(tls)
  })

  test('takes a password without a user name', () => {
    expect(parseAddress('redis://:pw@h')).toMatchObject({ password: 'pw' })
    expect(parseAddress('redis://:pw@h')).not.toHaveProperty('username')
  })

  test('takes the brackets off an IPv6 address', () => {
    expect(parseAddress('redis://[::1]:7000').host).toBe('::1')
  })

  test('gives back any user name and password that were percent-encoded', () => {
    fc.assert(
      fc.property(secret, secret, (username, password) => {
        const [user, word] = [username, password].map(encodeURIComponent)
        expect(parseAddress(`redis://${user}:${word}@h:1/`)).toMatchObject({ username, password })
      }),
    )
  })

  test('tells whom to watch beside it', () => {
    expect(parseAddress('redis://h').discover).toBeUndefined()
    expect(parseAddress('redis://h?cluster=discover').discover).toEqual({ by: 'cluster' })
    expect(parseAddress('redis://h:26379?name=s&sentinel=main').discover).toEqual({
      by: 'sentinel',
      primary: 'main',
    })
  })

  test.each([
    ['h:6379', /scheme/],
    ['nothing', /Not a URL/],
    ['http://h', /^Unknown scheme/],
    ['redis://', /No host/],
    ['redis:///0', /No host/],
    ['redis://h:0', /Port 0/],
    ['redis://h:99999', /Not a URL/],
    ['redis://h/main', /database number/],
    ['redis://h/1/2', /database number/],
    ['redis://h?db=1', /^Only \?name=, /],
    ['redis://h?cluster=yes', /"discover"/],
    ['redis://h?sentinel=', /name of the primary/],
    ['redis://h?cluster=discover&sentinel=a', /only one of the two/],
    ['redis://h#x', /%23/],
    ['redis://user@h', /without a password/],
    ['redis://u:50%@h', /%25/],
  ])('refuses %s', (url, why) => {
    expect(refusal(url)).toMatch(why)
  })

  test('never repeats a password when it refuses', () => {
    fc.assert(
      fc.property(fc.constantFrom('/x', '?a=b', '#f', ':bad'), (fault) => {
        expect(refusal(`redis://u:hunter2%@h${fault}`)).not.toContain('hunter2')
      }),
    )
  })
})

describe('redactUrl', () => {
  test.each([
    ['redis://h:6379/0', 'redis://h:6379/0'],
    ['redis://u:secret@h:6379/0?name=a@b', 'redis://u:***@h:6379/0?name=a@b'],
    ['redis://:secret@h', 'redis://:***@h'],
    ['redis://secret@h', 'redis://***@h'],
    ['redis://u:sec:ret@h', 'redis://u:***@h'],
    ['redis://u:sec@ret@h', 'redis://u:***@h'],
    ['redis://u:sec/ret@h', 'redis://u:***@h'],
    ['redis://u:12/34@h', 'redis://u:***@h'],
    ['u:secret@h', 'u:***@h'],
  ])('shows %s as %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })

  test('keeps any password out, encoded or not', () => {
    const password = secret.map((it) => `S3cret${it}S3cret`)
    fc.assert(
      fc.property(password, fc.boolean(), (word, encodes) => {
        const shown = redactUrl(`redis://u:${encodes ? encodeURIComponent(word) : word}@h:1/0`)
        expect(shown).not.toContain('S3cret')
        expect(shown).toMatch(/^redis:\/\/u:\*\*\*@h:1\/0$/)
      }),
    )
  })
})
