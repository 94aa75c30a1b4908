import { cut, type FormatEvent, type FormatInstance, type Severity } from 'tocsin/plugin'

/** One thing worth knowing about an event, for people. */
export interface Fact {
  readonly name: string
  readonly value: string
}

/** `Memory critical`, for `memory.critical`: the same while it stands and when it is over. */
export function alertTitleOf({ alert }: FormatEvent): string {
  const words = alert.type.replaceAll(/[._-]+/g, ' ')
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

/** The same; what is over says so. */
export function titleOf(event: FormatEvent): string {
  const title = alertTitleOf(event)
  return event.alert.state === 'resolved' ? `Resolved: ${title}` : title
}

/** `host:port`, an IPv6 address in brackets. */
function addressOf({ host, port }: FormatInstance): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What an event is about: the instance as people call it; the service itself where there is none. */
export function placeOf({ instance }: FormatEvent): string {
  if (instance === undefined) return 'Tocsin'
  const address = addressOf(instance)
  return instance.name === address ? address : `${instance.name} (${address})`
}

/** The same in a form that programs group by: `host:port`. */
export function sourceOf({ instance }: FormatEvent): string {
  return instance === undefined ? 'tocsin' : addressOf(instance)
}

/** One line that says everything: for subjects, fallbacks and short messages. */
export function lineOf(event: FormatEvent): string {
  const word = event.alert.state === 'resolved' ? 'resolved' : event.severity
  return `[${word.toUpperCase()}] ${event.alert.type} on ${placeOf(event)}: ${event.message}`
}

/** What is known about an event beside its message, the most telling first. */
export function factsOf(event: FormatEvent): readonly Fact[] {
  const { instance, severity, subject, threshold } = event
  const amount = (number: number) => `${number}${unitOf(threshold?.unit)}`
  return [
    ...(instance ? [{ name: 'Instance', value: placeOf(event) }] : []),
    { name: 'Severity', value: severity },
    ...(threshold
      ? [
          { name: 'Value', value: amount(threshold.value) },
          { name: 'Threshold', value: amount(threshold.limit) },
        ]
      : []),
    ...(subject === '' ? [] : [{ name: 'Subject', value: subject }]),
  ]
}

function unitOf(unit: string | undefined): string {
  if (unit === undefined) return ''
  return unit === '%' ? '%' : ` ${unit}`
}

/** RFC 3339 with milliseconds. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** The page that says more about an event, where the operator has said where pages are. */
export function linkOf({ links }: FormatEvent): string | undefined {
  return links.event ?? links.delivery ?? links.webhook
}

const colours: Readonly<Record<Severity, string>> = {
  critical: '#B3261E',
  error: '#D9480F',
  warning: '#E0A100',
  info: '#2563EB',
}

/** The colour of a severity, `#RRGGBB`; what is over is green. */
export function colourOf({ severity, alert }: FormatEvent): string {
  return alert.state === 'resolved' ? '#2E7D32' : colours[severity]
}

/** UTF-16 units, in which many vendors count. */
export function units(text: string): number {
  return text.length
}

/** Bytes of UTF-8 that a text takes inside a JSON string. */
export function jsonBytes(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length - 2
}

/** The data, or only what it says where it is larger than `most` bytes of JSON. */
export function dataWithin(event: FormatEvent, most: number): Readonly<Record<string, unknown>> {
  if (new TextEncoder().encode(event.dataText).length <= most) return event.data
  return {
    message: cut(event.message, 1000, units),
    omitted: `The data is larger than ${most} bytes.`,
  }
}

/** An answer's body read as a JSON object; undefined where it is none. */
export function jsonAnswer(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
