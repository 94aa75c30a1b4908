// Reads an OTLP request in Protobuf, base64 as the argument, with what OpenTelemetry generates from its own
// definitions, and writes what is in it as OTLP has it in JSON.
const root = require('@opentelemetry/otlp-transformer/build/src/generated/root.js')

const { ExportTraceServiceRequest } = root.opentelemetry.proto.collector.trace.v1
const message = ExportTraceServiceRequest.decode(Buffer.from(process.argv[2], 'base64'))
const request = ExportTraceServiceRequest.toObject(message, { longs: String })
const hex = (_, value) =>
  value?.type === 'Buffer' ? Buffer.from(value.data).toString('hex') : value
process.stdout.write(JSON.stringify(request, hex))
