import { expect, test } from 'vitest'
import { encodeSpans } from '../../src/rules/span.ts'

const span = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  name: 'deliver',
  kind: 'client',
  startMs: 1_706_457_600_000,
  endMs: 1_706_457_600_145,
  attributes: {},
} as const
const encoded = (changes: object) =>
  JSON.parse(encodeSpans([{ ...span, ...changes }], { 'service.name': 'tocsin' })).resourceSpans[0]

test('a span is written as OTLP in JSON: ids in hex, times as text, kinds as numbers', () => {
  expect(encoded({ parentSpanId: 'b7ad6b7169203331' })).toEqual({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'tocsin' } }] },
    scopeSpans: [
      {
        scope: { name: 'tocsin' },
        spans: [
          {
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: 'b7ad6b7169203331',
            name: 'deliver',
            kind: 3,
            startTimeUnixNano: '1706457600000000000',
            endTimeUnixNano: '1706457600145000000',
            attributes: [],
            status: {},
          },
        ],
      },
    ],
  })
})

test('attributes have the types of their values', () => {
  const attributes = { text: 'a', yes: true, whole: 200, part: 0.5 }
  expect(encoded({ attributes }).scopeSpans[0].spans[0].attributes).toEqual([
    { key: 'text', value: { stringValue: 'a' } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'whole', value: { intValue: '200' } },
    { key: 'part', value: { doubleValue: 0.5 } },
  ])
})

test('an error is the status, and a clock that went back takes no time', () => {
  const [written] = encoded({ kind: 'internal', endMs: 0, error: 'HTTP 500' }).scopeSpans[0].spans
  expect(written).toMatchObject({
    kind: 1,
    endTimeUnixNano: written.startTimeUnixNano,
    status: { code: 2, message: 'HTTP 500' },
  })
})
