import { z } from 'zod'
import type { Format } from '../plugin/format.ts'
import type { FormatEvent, FormatEvents } from '../plugin/format-event.ts'
import type { FormatRequest } from '../rules/format-request.ts'
import { headerFault } from '../rules/headers.ts'
import { awkwardEvents } from './awkward-events.ts'
import { type Check, hold } from './check.ts'
import { type ComposeOptions, composeRequest } from './compose-request.ts'
import { formatEvent } from './format-event.ts'

export interface CheckFormatOptions<Config> extends ComposeOptions<Config> {
  /** What the receiver demands of any request; throws where it is not met. */
  demands?(request: FormatRequest, events: FormatEvents): void
  /** What it is held against. Default: events nobody thinks of. */
  readonly events?: readonly FormatEvent[]
}

const formatName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const half = /\p{Surrogate}/u
const attempts = [
  { timestamp: 1706457601000, now: 'at once' },
  { timestamp: 1706544000000, now: 'a day later' },
]

/**
 * The conformance suite of formats, as data for any test runner:
 * `for (const check of checkFormat(format, { config })) test(check.name, check.run)`.
 */
export function checkFormat<Config extends z.ZodObject>(
  format: Format<Config>,
  options: CheckFormatOptions<z.input<Config>> = {},
): Check[] {
  const compose = (events: FormatEvents, changes: ComposeOptions<z.input<Config>> = {}) =>
    composeRequest(format, events, { ...options, ...changes })
  const given = options.events ?? awkwardEvents()
  const groups: FormatEvents[] = given.map((event) => [event])
  const { batch } = format
  const config = format.config?.safeParse(options.config ?? {}).data
  if (batch !== undefined && (config === undefined || batch.unless?.(config) === undefined)) {
    const most = Math.min(batch.most, 50)
    const [first = formatEvent(), ...rest] = given
    groups.push([first, ...rest.slice(0, most - 1)])
  }

  return [
    check('has a well-formed name, a title and a summary', async () => {
      hold(formatName.test(format.name), `"${format.name}" is not lower-case words and hyphens`)
      hold(format.title.trim() !== '', 'it has no title')
      hold(format.summary.trim() !== '', 'it has no summary')
    }),
    check('describes its settings and refuses others', async () => settingsCheck(format)),
    check('says the same in the same bytes at every attempt', async () => {
      for (const events of groups) {
        const [first, later] = await Promise.all(
          attempts.map(({ timestamp }) => compose(frozen(events), { timestamp })),
        )
        hold(first?.body === later?.body, `the body changes about ${name(events)}`)
        hold(first?.url === later?.url, `the URL changes about ${name(events)}`)
      }
    }),
    check('makes requests that HTTP carries', async () => {
      for (const events of groups) {
        const { url, headers, body } = await compose(events)
        hold(URL.canParse(url), `${url} is no URL`)
        for (const [header, value] of Object.entries(headers)) {
          const fault = headerFault(`Sent-${header}`, value)
          hold(fault === undefined, `${fault} about ${name(events)}`)
        }
        const fault = bodyFault(body, headers)
        hold(fault === undefined, `the body ${fault} about ${name(events)}`)
      }
    }),
    check('puts secrets where they belong, whole, and never beside it', async () => {
      const { body, url, headers } = await compose([formatEvent()])
      const text = JSON.stringify([body, url, headers])
      hold(!text.includes('tocsin-secret-'), 'a secret was cut or changed on its way')
    }),
    check('meets what its receiver demands', async () => {
      for (const events of groups) options.demands?.(await compose(events), events)
    }),
    check('judges any answer', async () => {
      for (const status of [200, 201, 202, 204, 301, 400, 401, 404, 410, 429, 500, 503])
        for (const body of ['', 'ok', '{', 'null', '[]', '{"ok":false}', '"', '\u0000'])
          for (const value of [undefined, '', '7', 'soon'])
            format.judge?.({ status, body, header: () => value })
    }),
    check('knows its own URLs from others', async () => {
      for (const url of ['https://example.com/', 'http://127.0.0.1:80/hook', 'https://[::1]/?a=b'])
        hold(format.suggests?.(new URL(url)) !== true, `it takes ${url} for its own`)
    }),
  ]
}

function settingsCheck({ config, secrets = [] }: Pick<Format, 'config' | 'secrets'>): void {
  hold(config !== undefined || secrets.length === 0, 'it has secrets but no settings')
  if (config === undefined) return
  const catchall = config.def.catchall
  hold(catchall instanceof z.ZodNever, 'use z.strictObject: an unknown setting is a mistake')
  for (const [key, field] of Object.entries(config.shape))
    hold(field instanceof z.ZodType && (field.description ?? '') !== '', `${key} is not described`)
  for (const key of secrets) hold(key in config.shape, `${key} is secret but no setting`)
}

/** What is wrong with a body as such; undefined where nothing is. */
function bodyFault(body: string, headers: FormatRequest['headers']): string | undefined {
  const texts = [body]
  const isJson = /json/i.test(headers['Content-Type'] ?? '')
  try {
    // As an escape, half of a character is JSON, but no text that every receiver can read.
    if (isJson) JSON.parse(body, (key, value) => void texts.push(key, String(value)))
  } catch {
    return 'is no JSON'
  }
  return texts.some((text) => half.test(text)) ? 'holds half of a character' : undefined
}

/** The same events, unchangeable: a format that writes to them fails. */
function frozen([first, ...rest]: FormatEvents): FormatEvents {
  return [Object.freeze({ ...first }), ...rest.map((event) => Object.freeze({ ...event }))]
}

function name(events: FormatEvents): string {
  return events.map(({ message }) => JSON.stringify(message.slice(0, 40))).join(', ')
}

const check = (name: string, run: () => Promise<void>): Check => ({ name, run })
