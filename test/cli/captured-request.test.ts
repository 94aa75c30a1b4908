import { describe, expect, test } from 'vitest'
import { parseHeaders, parseRequest } from '../../src/cli/captured-request.ts'

const parse = (text: string) => {
  const { headers, body } = parseRequest(Buffer.from(text))
  return { headers, body: Buffer.from(body).toString() }
}

describe('a captured request', () => {
  test.each([
    ['\r\n', 'POST /hook HTTP/1.1'],
    ['\n', 'POST /hook HTTP/2'],
    ['\n', 'X-First: 1'],
  ])('is read with lines that end with %j, after %s', (line, first) => {
    const text = [first, 'X-Sign:  a b ', 'x-sign: c', '', '{"ü":1}\r\n\r\nend'].join(line)
    const { headers, body } = parse(text)
    expect(headers).toMatchObject({ 'x-sign': ['a b', 'c'] })
    expect(body).toBe('{"ü":1}\r\n\r\nend')
  })

  test('has a body of its content-length, and what a file adds is left out', () => {
    expect(parse('Content-Length: 2\n\n{}\n').body).toBe('{}')
    expect(parse('Content-Length: 9\n\n{}\n').body).toBe('{}\n')
    expect(parse('X: 1\n').body).toBe('')
  })

  test('is read from JSON with headers and body', () => {
    const request = { headers: { a: '1' }, body: '{"ü":1}' }
    expect(parse(`${JSON.stringify({ more: true, ...request })}\n`)).toEqual(request)
  })

  test('that is none says why', () => {
    expect(() => parse('{"headers":{}}')).toThrow(/without the members "headers" and "body"/)
    expect(() => parse('{"headers"')).toThrow(/looks like JSON, and is none/)
    expect(() => parseHeaders('X: 1\nwhat is this')).toThrow(/no header.*"what is this"/)
  })
})
