import { encodeSpans, type Span, type SpanValue } from '../rules/span.ts'

type Attributes = Readonly<Record<string, SpanValue | null | undefined>>

/** Something under way. */
export interface OpenSpan {
  /** What others pass on to be part of it, as `readTrace` reads it; that of the parent where it is not recorded. */
  readonly trace: string | undefined
  end(attributes?: Attributes, error?: string | null): void
}

/** Tells a collector what happens, and what was part of what. */
export interface Tracer {
  start(
    name: string,
    span: {
      readonly kind: Span['kind']
      readonly parent?: string | null | undefined
      readonly attributes: Attributes
    },
  ): OpenSpan
  /** Sends what has not been sent yet; resolves when that is done, however it went. */
  flush(): Promise<void>
}

type OtlpBody = string | Uint8Array<ArrayBuffer>

export interface TracerOptions {
  /** Sends one OTLP/HTTP request. */
  readonly send: (body: OtlpBody) => Promise<void>
  /** Writes it. Default: in JSON. */
  readonly encode?: (spans: readonly Span[], resource: TracerOptions['resource']) => OtlpBody
  /** Who makes the spans, such as `service.name`. */
  readonly resource: Readonly<Record<string, SpanValue>>
  /** Which traces are recorded that begin here: from 0, none, to 1, all. */
  readonly ratio: number
  /** Whether a trace that begins elsewhere is recorded as it says itself. Default true. */
  readonly heedParent?: boolean
  readonly now: () => number
  /** From 0 up to 1. */
  readonly random: () => number
  readonly onFailure: (error: unknown) => void
}

/** Where nobody asked for traces: what came in is passed on. */
export const noTracer: Tracer = {
  start: (_name, { parent }) => ({ trace: parent ?? undefined, end() {} }),
  async flush() {},
}

const flushAfterMs = 2000
const mostInOne = 512
/** Beyond that the oldest are dropped: a collector that hangs must not cost the memory. */
const mostKept = 4096

/** Spans are gathered and sent together; a collector that is gone costs nothing but its spans. */
export function createTracer(options: TracerOptions): Tracer {
  const { send, encode = encodeSpans, resource, ratio, heedParent = true } = options
  const { now, random, onFailure } = options
  const ended: Span[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let sending: Promise<void> = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    sending = sending.then(async () => {
      while (ended.length > 0)
        await send(encode(ended.splice(0, mostInOne), resource)).catch(onFailure)
    })
    return sending
  }

  function keep(span: Span): void {
    ended.push(span)
    if (ended.length > mostKept) ended.splice(0, ended.length - mostKept)
    if (ended.length >= mostInOne) void flush()
    else timer ??= setTimeout(() => void flush(), flushAfterMs)
  }

  return {
    start(name, { kind, parent, attributes }) {
      const [parentText = '', ...state] = (parent ?? '').split(' ')
      const [, parentTrace, parentSpanId, flags = '00'] = parentText.split('-')
      const heeded = parentTrace !== undefined && heedParent
      const recorded = heeded ? (Number.parseInt(flags, 16) & 1) === 1 : random() < ratio
      if (!recorded) return { trace: parent ?? undefined, end() {} }
      const traceId = parentTrace ?? hex(16)
      const spanId = hex(8)
      const startMs = now()
      let over = false
      return {
        trace: [`00-${traceId}-${spanId}-01`, ...state].join(' '),
        end(more = {}, error) {
          if (over) return
          over = true
          const known = given({ ...attributes, ...more })
          const failed = error ? { error } : {}
          const of = { traceId, spanId, parentSpanId, name, kind }
          keep({ ...of, startMs, endMs: now(), attributes: known, ...failed })
        },
      }
    },
    flush,
  }
}

function given(attributes: Attributes): Record<string, SpanValue> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value == null ? [] : [[name, value]])),
  )
}

function hex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}
