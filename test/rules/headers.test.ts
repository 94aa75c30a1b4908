import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headerFault, headersFault, redactHeaders } from '../../src/rules/headers.ts'
import { anyText } from '../support/any-text.ts'

describe('a custom header', () => {
  it.each([
    ['X-Routing-Key', 'prod-database-alerts'],
    ['Authorization', 'Token token=abc'],
    ['x-custom', ''],
    ['X-Latin', 'Größe'],
    ['X-Tab', 'a\tb'],
    ["!#$%&'*+.^_`|~0aZ-", 'every character of a token'],
    ['x-webhooks', 'only the prefix with its hyphen is ours'],
    ['cell', 'only with a hyphen ce is CloudEvents'],
    ['Cookie', 'a=1'],
  ])('%s is accepted', (name, value) => {
    expect(headerFault(name, value)).toBeUndefined()
  })

  it.each([
    'Host',
    'content-length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Expect',
    'Proxy-Authorization',
    'Proxy-Connection',
    'Content-Type',
    'Content-Encoding',
    'User-Agent',
    'webhook-id',
    'WebHook-Request-Origin',
    'X-Webhook-Signature',
    'x-webhook-anything',
    'X-Signature',
    'X-DB24x7-Event-ID',
    'ce-id',
    'svix-signature',
    'Signature',
    'Signature-Input',
    'Content-Digest',
    'traceparent',
    'tracestate',
  ])('%s is reserved, in whatever case', (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(headerFault(spelling, 'x')).toBe(`${spelling} is set by Tocsin; remove it`)
    }
  })

  it.each(['', ' ', 'a b', 'a:b', 'a\n', 'x-ö', 'x\r\ny', 'a"b', '(a)', 'a\0'])(
    'named %j is refused',
    (name) => {
      expect(headerFault(name, 'x')).toContain('is not a header name')
    },
  )

  it.each(['a\nb', 'a\r\nX-Webhook-Signature: forged', 'a\0', 'a\x1b', 'a\x7f', '日本', 'a\u0100'])(
    'of value %j is refused without repeating it',
    (value) => {
      const fault = headerFault('X-Custom', value)
      expect(fault).toContain('the value of X-Custom holds')
      expect(fault).not.toContain(value)
    },
  )

  it('that is accepted is one that fetch takes, byte for byte', () => {
    fc.assert(
      fc.property(fc.string(), anyText(), (name, value) => {
        fc.pre(headerFault(name, value) === undefined)
        expect(new Headers([[name, value]]).get(name)).toBe(value.replace(/^[\t ]+|[\t ]+$/g, ''))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the headers of a webhook', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'v']))

  it('are at most 50', () => {
    expect(headersFault(many(50))).toBeUndefined()
    expect(headersFault(many(51))).toBe('51 headers; a webhook has at most 50')
  })

  it('are at most 8192 bytes together, names and values', () => {
    expect(headersFault({ 'x-a': 'v'.repeat(8189) })).toBeUndefined()
    expect(headersFault({ 'x-a': 'v'.repeat(8190) })).toContain('8193 bytes')
  })

  it('are not given twice in different case', () => {
    expect(headersFault({ 'X-A': '1', 'x-a': '2' })).toBe(
      'x-a is given twice; header names ignore case',
    )
    expect(headersFault({})).toBeUndefined()
  })
})

describe('headers in history', () => {
  it('show no credentials', () => {
    expect(
      redactHeaders({
        'Content-Type': 'application/json',
        Authorization: 'Bearer abc',
        'proxy-authorization': 'Basic abc',
        Cookie: 'a=1',
        'Set-Cookie': 'a=1',
        'X-Auth-Token': 'abc',
        'X-Client-Secret': 'abc',
        'X-Api-Key': 'abc',
        apikey: 'abc',
        api_key: 'abc',
        'X-Password': 'abc',
        'X-Webhook-Signature': '89d0',
        'X-Routing-Key': 'prod-database-alerts',
      }),
    ).toEqual({
      'Content-Type': 'application/json',
      Authorization: '***',
      'proxy-authorization': '***',
      Cookie: '***',
      'Set-Cookie': '***',
      'X-Auth-Token': '***',
      'X-Client-Secret': '***',
      'X-Api-Key': '***',
      apikey: '***',
      api_key: '***',
      'X-Password': '***',
      'X-Webhook-Signature': '89d0',
      'X-Routing-Key': 'prod-database-alerts',
    })
  })

  it('keep a header named like a property of every object', () => {
    const sent = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>
    expect(JSON.stringify(redactHeaders(sent))).toBe('{"__proto__":"x","constructor":"y"}')
  })
})
