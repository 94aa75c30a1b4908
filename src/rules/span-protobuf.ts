import { joined, unhexed } from '../plugin/bytes.ts'
import { type Span, type SpanValue, spanKinds } from './span.ts'

type Bytes = Uint8Array<ArrayBuffer>
const utf8 = new TextEncoder()
/** Wire types (protobuf.dev, "Encoding"). */
const [varintType, fixed64Type, lengthType] = [0, 1, 2]

/**
 * Spans as an OTLP/HTTP request in Protobuf: the ExportTraceServiceRequest of opentelemetry-proto 1.x, whose
 * field numbers these are. `resource` says who has made them.
 */
export function encodeSpansAsProtobuf(
  spans: readonly Span[],
  resource: Readonly<Record<string, SpanValue>>,
): Bytes {
  return message(
    1,
    message(1, ...pairs(1, resource)),
    message(
      2,
      message(1, text(1, 'tocsin')),
      ...spans.map((span) => message(2, ...fieldsOf(span))),
    ),
  )
}

function fieldsOf(span: Span): Bytes[] {
  const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, error } = span
  return [
    bytes(1, unhexed(traceId)),
    bytes(2, unhexed(spanId)),
    ...(parentSpanId === undefined ? [] : [bytes(4, unhexed(parentSpanId))]),
    text(5, name),
    number(6, BigInt(spanKinds[kind])),
    nanoseconds(7, startMs),
    nanoseconds(8, Math.max(startMs, endMs)),
    ...pairs(9, attributes),
    error === undefined ? message(15) : message(15, text(2, error), number(3, 2n)),
  ]
}

function pairs(field: number, values: Readonly<Record<string, SpanValue>>): Bytes[] {
  return Object.entries(values).map(([key, value]) =>
    message(field, text(1, key), message(2, anyValueOf(value))),
  )
}

function anyValueOf(value: SpanValue): Bytes {
  if (typeof value === 'string') return text(1, value)
  if (typeof value === 'boolean') return number(2, value ? 1n : 0n)
  return Number.isSafeInteger(value) ? number(3, BigInt(value)) : double(4, value)
}

function tag(field: number, type: number): number[] {
  return varint(BigInt((field << 3) | type))
}

/** Seven bits a byte, the lowest first. Negative ones are of 64 bits. */
function varint(value: bigint): number[] {
  const digits: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) digits.push(Number(rest & 127n) | 128)
  return [...digits, Number(rest)]
}

function number(field: number, value: bigint): Bytes {
  return Uint8Array.from([...tag(field, varintType), ...varint(value)])
}

function bytes(field: number, content: Uint8Array): Bytes {
  const head = [...tag(field, lengthType), ...varint(BigInt(content.length))]
  return joined([Uint8Array.from(head), content])
}

function text(field: number, content: string): Bytes {
  return bytes(field, utf8.encode(content))
}

function message(field: number, ...fields: readonly Uint8Array[]): Bytes {
  return bytes(field, joined(fields))
}

function nanoseconds(field: number, ms: number): Bytes {
  return fixed64(field, (view) => view.setBigUint64(0, BigInt(Math.round(ms)) * 1_000_000n, true))
}

function double(field: number, value: number): Bytes {
  return fixed64(field, (view) => view.setFloat64(0, value, true))
}

function fixed64(field: number, write: (view: DataView) => void): Bytes {
  const content = new Uint8Array(8)
  write(new DataView(content.buffer))
  return joined([Uint8Array.from(tag(field, fixed64Type)), content])
}
