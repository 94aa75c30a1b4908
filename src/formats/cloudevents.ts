import { defineFormat, type FormatContext, type FormatEvent, type Severity } from 'tocsin/plugin'
import { z } from 'zod'
import { askConsent } from './cloudevents-consent.ts'
import { standardHeaders } from './standard-headers.ts'

const config = z.strictObject({
  mode: z
    .enum(['structured', 'binary', 'batch'])
    .default('structured')
    .describe('Where the attributes are: in the body, in headers, or several events in one body.'),
  source: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[\x21-\x7e]+$/, 'It is a URI reference: no spaces, ASCII only')
    .optional()
    .describe('The `source` of every event. Default: a path that names the instance.'),
  typePrefix: z
    .string()
    .max(255)
    .regex(/^[\x21-\x7e]*$/, 'ASCII only, no spaces')
    .default('dev.tocsin.')
    .describe('Stands before every event type.'),
  origin: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'It is a DNS name')
    .optional()
    .describe(
      'As whom consent is asked before anything is sent (OPTIONS with `WebHook-Request-Origin`); ' +
        'nothing is sent without it. Default: none is asked.',
    ),
  requestRate: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(
      'Requests a minute that are asked for with it. Default: as many as the receiver says.',
    ),
})
type Config = z.output<typeof config>
type Attributes = Readonly<Record<string, string | number>>

/** CloudEvents 1.0.2 over HTTP. Signed as Standard Webhooks where the secret is one of those. */
export const cloudevents = defineFormat({
  name: 'cloudevents',
  title: 'CloudEvents',
  summary: 'Receivers of CloudEvents 1.0: structured, binary or in batches.',
  config,
  batch: {
    most: 100,
    unless: ({ mode }) =>
      mode === 'batch' ? undefined : `its mode ${mode} carries one event; use the mode batch`,
  },
  render(events, context) {
    const [event] = events
    if (context.config.mode === 'binary')
      return { body: event.dataText, headers: headersOf(attributes(event, context)) }
    const written = events.map((one) => structured(one, context))
    return context.config.mode === 'batch'
      ? { body: `[${written.join(',')}]`, contentType: `${media}-batch+json; charset=utf-8` }
      : { body: written.join(''), contentType: `${media}+json; charset=utf-8` }
  },
  consent: ({ config: { origin, requestRate } }) =>
    origin === undefined ? undefined : askConsent({ origin, perMinute: requestRate }),
  // HTTP Web Hooks 1.0.2, section 2.2: it does not understand the format of the request.
  judge: ({ status }) =>
    status === 415
      ? { verdict: 'rejected', reason: 'It does not take this mode: change formatConfig.mode.' }
      : undefined,
  async headers(attempt) {
    const { origin } = attempt.context.config
    return {
      ...(await standardHeaders(attempt)),
      ...(origin !== undefined && { 'WebHook-Request-Origin': origin }),
    }
  },
})

const media = 'application/cloudevents'

/** Numbers of OpenTelemetry's log data model. */
const severities: Readonly<Record<Severity, readonly [text: string, number: number]>> = {
  info: ['INFO', 9],
  warning: ['WARN', 13],
  error: ['ERROR', 17],
  critical: ['ERROR', 17],
}

function attributes(
  { id, type, timestamp, instance, severity }: FormatEvent,
  { config, publicUrl = '' }: FormatContext<Config>,
): { readonly before: Attributes; readonly after: Attributes } {
  const place = instance && `${instance.host}:${instance.port}`
  const [severitytext, severitynumber] = severities[severity]
  return {
    before: {
      id,
      time: new Date(timestamp).toISOString(),
      type: config.typePrefix + type,
      source:
        config.source ?? `${publicUrl}/instances/${place === undefined ? '' : encoded(place)}`,
      specversion: '1.0',
      datacontenttype: 'application/json',
      ...(place !== undefined && { subject: place }),
    },
    after: { severitytext, severitynumber },
  }
}

function structured(event: FormatEvent, context: FormatContext<Config>): string {
  const { before, after } = attributes(event, context)
  const [head, tail] = [JSON.stringify(before), JSON.stringify(after)]
  return `${head.slice(0, -1)},"data":${event.dataText},${tail.slice(1)}`
}

function headersOf({ before, after }: ReturnType<typeof attributes>): Record<string, string> {
  const { datacontenttype: _, ...rest } = { ...before, ...after }
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [`ce-${name}`, headerValue(String(value))]),
  )
}

/** HTTP binding, section 3.1.3.2: spaces, quotes, percent signs and all but printable ASCII. */
function headerValue(text: string): string {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (it) => percent(it))
}

/** As a segment of a URI path, colons left as they are. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('%3A', ':')
}

function percent(character: string): string {
  const bytes = new TextEncoder().encode(character)
  return Array.from(bytes, (it) => `%${it.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
