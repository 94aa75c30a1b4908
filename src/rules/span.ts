/** Values of attributes: short, and never a secret. */
export type SpanValue = string | number | boolean

/** Something that took its time, and what it was part of (OpenTelemetry, "Tracing API"). */
export interface Span {
  /** 32 and 16 hex digits. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string | undefined
  readonly name: string
  /** `client`: a request to others; `internal`: work of our own. */
  readonly kind: 'client' | 'internal'
  /** Epoch milliseconds. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, SpanValue>>
  /** What went wrong, where something did. */
  readonly error?: string | undefined
}

/** As OTLP counts them. */
export const spanKinds = { internal: 1, client: 3 } as const

/**
 * Spans as an OTLP/HTTP request in JSON (opentelemetry-proto 1.x, "JSON Protobuf Encoding": ids in hex,
 * 64-bit numbers as text, enumerations as numbers). `resource` says who has made them.
 */
export function encodeSpans(
  spans: readonly Span[],
  resource: Readonly<Record<string, SpanValue>>,
): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: pairs(resource) },
        scopeSpans: [{ scope: { name: 'tocsin' }, spans: spans.map(encode) }],
      },
    ],
  })
}

function encode({ traceId, spanId, parentSpanId, name, kind, startMs, endMs, ...rest }: Span) {
  const { attributes, error } = rest
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    kind: spanKinds[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(Math.max(startMs, endMs)),
    attributes: pairs(attributes),
    status: error === undefined ? {} : { code: 2, message: error },
  }
}

function pairs(attributes: Readonly<Record<string, SpanValue>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: encodeValue(value) }))
}

function encodeValue(value: SpanValue) {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** More than a number holds exactly; fractions of a millisecond are of no use here. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`
}
