type ReportFault = (variable: string, problem: string, example: string) => unknown
type Read = (name: string) => string | undefined

/** Where traces are sent, and which. */
export interface TracingSettings {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  /** In Protobuf, and not in JSON. */
  readonly protobuf: boolean
  readonly resource: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly ratio: number
  readonly heedParent: boolean
}

const samplers: Readonly<
  Record<string, { readonly ratio?: number; readonly heedParent: boolean }>
> = {
  always_on: { ratio: 1, heedParent: false },
  always_off: { ratio: 0, heedParent: false },
  traceidratio: { heedParent: false },
  parentbased_always_on: { ratio: 1, heedParent: true },
  parentbased_always_off: { ratio: 0, heedParent: true },
  parentbased_traceidratio: { heedParent: true },
}

/**
 * The standard variables (opentelemetry.io, "OTLP Exporter Configuration", "SDK environment
 * variables"). Undefined where no endpoint is named, or traces are turned off.
 */
export function readTracing(text: Read, fault: ReportFault): TracingSettings | undefined {
  const off = /^true$/i.test(text('OTEL_SDK_DISABLED') ?? '')
  if (off || text('OTEL_TRACES_EXPORTER') === 'none') return undefined
  const variable = text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
    ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    : 'OTEL_EXPORTER_OTLP_ENDPOINT'
  const exporter = text('OTEL_TRACES_EXPORTER')
  const base = text(variable) ?? (exporter === 'otlp' ? 'http://localhost:4318' : undefined)
  if (base === undefined) return undefined
  const whole = variable === 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  const endpoint = whole ? base : `${base.replace(/\/+$/, '')}/v1/traces`
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint))
    fault(variable, 'is not an http or https URL', 'http://localhost:4318')
  const either = (name: string) =>
    text(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? text(`OTEL_EXPORTER_OTLP_${name}`)
  const protocol = either('PROTOCOL') ?? 'http/json'
  if (!/^http\/(?:json|protobuf)$/.test(protocol))
    fault('OTEL_EXPORTER_OTLP_PROTOCOL', 'is neither http/json nor http/protobuf', 'http/protobuf')
  const name = text('OTEL_SERVICE_NAME')
  const timeoutMs = Number(either('TIMEOUT') ?? 10_000)
  if (!(timeoutMs > 0))
    fault('OTEL_EXPORTER_OTLP_TIMEOUT', 'is not a number of milliseconds', '10000')
  return {
    endpoint,
    headers: readPairs('OTEL_EXPORTER_OTLP_HEADERS', either('HEADERS'), fault),
    protobuf: protocol === 'http/protobuf',
    resource: {
      'service.name': 'tocsin',
      ...readPairs('OTEL_RESOURCE_ATTRIBUTES', text('OTEL_RESOURCE_ATTRIBUTES'), fault),
      ...(name && { 'service.name': name }),
    },
    timeoutMs,
    ...readSampler(text, fault),
  }
}

function readSampler(text: Read, fault: ReportFault) {
  const name = text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on'
  const sampler = samplers[name]
  if (sampler === undefined)
    fault('OTEL_TRACES_SAMPLER', `is none of ${Object.keys(samplers).join(', ')}`, 'always_on')
  const ratio = sampler?.ratio ?? Number(text('OTEL_TRACES_SAMPLER_ARG') ?? 1)
  if (!(ratio >= 0 && ratio <= 1))
    fault('OTEL_TRACES_SAMPLER_ARG', 'is not a number from 0 to 1', '0.1')
  return { ratio, heedParent: sampler?.heedParent ?? true }
}

/** `name=value,name=value`, the values percent-encoded (W3C Baggage). The values may be secret. */
function readPairs(
  variable: string,
  text: string | undefined,
  fault: ReportFault,
): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const pair of (text ?? '').split(',').filter((it) => it.trim() !== '')) {
    const [name = '', ...value] = pair.split('=')
    const decoded = decode(value.join('=').trim())
    if (value.length === 0 || name.trim() === '' || decoded === undefined)
      fault(variable, 'is not a list of name=value', 'api-key=secret')
    else pairs[name.trim()] = decoded
  }
  return pairs
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
