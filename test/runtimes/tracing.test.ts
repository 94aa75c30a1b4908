import { expect, test } from 'vitest'
import { readTracing } from '../../src/runtimes/tracing.ts'

function read(environment: Readonly<Record<string, string>>) {
  const faults: string[] = []
  const settings = readTracing(
    (name) => environment[name],
    (variable) => faults.push(variable),
  )
  return { settings, faults }
}
const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://localhost:4318/'

test('nobody is told where no endpoint is named, or traces are turned off', () => {
  expect(read({}).settings).toBeUndefined()
  for (const off of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }])
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT, ...off }).settings).toBeUndefined()
})

test('one endpoint for all signals has a path for traces', () => {
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT })).toEqual({
    settings: {
      endpoint: 'http://localhost:4318/v1/traces',
      headers: {},
      protobuf: false,
      resource: { 'service.name': 'tocsin' },
      timeoutMs: 10_000,
      ratio: 1,
      heedParent: true,
    },
    faults: [],
  })
})

test('where only the exporter is named, the collector is where it is by default', () => {
  const { settings } = read({ OTEL_TRACES_EXPORTER: 'otlp' })
  expect(settings?.endpoint).toBe('http://localhost:4318/v1/traces')
})

test('what is said of traces outranks what is said of all signals', () => {
  const { settings } = read({
    OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example.com/traces',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=all',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=Bearer%20a%3Db, x-team=ops',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '500',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=test',
    OTEL_SERVICE_NAME: 'watch',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  })
  expect(settings).toEqual({
    endpoint: 'https://collector.example.com/traces',
    headers: { authorization: 'Bearer a=b', 'x-team': 'ops' },
    protobuf: true,
    resource: { 'service.name': 'watch', 'deployment.environment.name': 'test' },
    timeoutMs: 500,
    ratio: 0.1,
    heedParent: false,
  })
})

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no pair'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
])('%s=%s is a fault', (variable, value) => {
  const OTEL_TRACES_SAMPLER = 'parentbased_traceidratio'
  const { faults } = read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER, [variable]: value })
  expect(faults).toEqual([variable])
})
