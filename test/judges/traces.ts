import { isDeepStrictEqual } from 'node:util'
import { encodeSpans, type Span } from '../../src/rules/span.ts'
import { encodeSpansAsProtobuf } from '../../src/rules/span-protobuf.ts'
import { complaintsOf, here, run } from './tool.ts'

const look: Span = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  name: 'poll',
  kind: 'internal',
  startMs: 1706457600000,
  endMs: 1706457600250,
  attributes: { 'server.port': 6379, share: 0.925, low: -1, none: 0, sampled: true, no: false },
}
const attempt: Span = {
  ...look,
  spanId: 'ffffffffffffffff',
  parentSpanId: look.spanId,
  name: 'deliver',
  kind: 'client',
  attributes: { text: 'ü漢🚨'.repeat(100), empty: '', large: Number.MAX_SAFE_INTEGER, '': 1e300 },
  error: 'HTTP 500',
}
const resource = { 'service.name': 'tocsin', 'service.version': '1.2.3' }

/** What we write in Protobuf is read by OpenTelemetry's decoder, and is what we write in JSON. */
export async function readTraces(): Promise<readonly string[]> {
  const spans = [look, attempt]
  const bytes = Buffer.from(encodeSpansAsProtobuf(spans, resource)).toString('base64')
  const outcome = await run(process.execPath, [`${here}otlp.cjs`, bytes])
  const complaints = complaintsOf(outcome)
  if (complaints.length > 0) return complaints
  const json = encodeSpans(spans, resource)
  return isDeepStrictEqual(JSON.parse(outcome.stdout), JSON.parse(json))
    ? []
    : [`it reads ${outcome.stdout}`, `and not  ${json}`]
}
