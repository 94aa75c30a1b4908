import { describe, expect, it } from 'vitest'
import { readTrace, traceHeaders } from '../../src/rules/trace.ts'

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const read = (headers: Record<string, string>) => readTrace(new Headers(headers))

describe('a trace', () => {
  it('is passed on as it came, with the state of those it went through', () => {
    for (const headers of [
      { traceparent: parent },
      { traceparent: parent, tracestate: 'congo=t61rcWkgMzE, rojo=00f067aa0ba902b7' },
      { traceparent: parent.replace('00', '01').concat('-what-comes-later') },
    ])
      expect(traceHeaders(read(headers))).toEqual(headers)
  })

  it.each([
    '',
    'none',
    parent.toUpperCase(),
    parent.slice(1),
    parent.replace(/^00/, 'ff'),
    `${parent}-more`,
    parent.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
    parent.replace('b7ad6b7169203331', '0'.repeat(16)),
    `01${parent.slice(2)}-${'a'.repeat(600)}`,
  ])('that is written %j is none', (traceparent) => {
    expect(read({ traceparent, tracestate: 'a=b' })).toBeUndefined()
  })

  it('keeps no state that is too long, and none that has no parent', () => {
    expect(read({ traceparent: parent, tracestate: 'a'.repeat(513) })).toBe(parent)
    expect(read({ tracestate: 'a=b' })).toBeUndefined()
  })

  it('that is none has no headers', () => {
    expect([traceHeaders(undefined), traceHeaders(null)]).toEqual([{}, {}])
  })
})
