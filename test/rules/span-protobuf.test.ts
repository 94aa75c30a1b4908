import { expect, test } from 'vitest'
import { encodeSpansAsProtobuf } from '../../src/rules/span-protobuf.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('a request is one message, each field a tag, a length and its bytes', () => {
  const span = {
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: '1112131415161718',
    name: 'poll',
    kind: 'internal',
    startMs: 1,
    endMs: 0,
    attributes: {},
  } as const
  expect(hex(encodeSpansAsProtobuf([span], {}))).toBe(
    [
      '0a48', // resource_spans
      '0a00', // resource
      '1244', // scope_spans
      '0a08', // scope
      `0a06${Buffer.from('tocsin').toString('hex')}`,
      '1238', // spans
      `0a10${span.traceId}`,
      `1208${span.spanId}`,
      `2a04${Buffer.from('poll').toString('hex')}`,
      '3001', // kind
      // Nanoseconds, the lowest byte first; it never ends before it has begun.
      '3940420f0000000000',
      '4140420f0000000000',
      '7a00', // status
    ].join(''),
  )
})
