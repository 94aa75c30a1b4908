import type { Format } from '../plugin/format.ts'
import type { WebhookDraft } from './webhook-draft.ts'

type Body = Readonly<Record<string, unknown>>

/**
 * The form as the API wants it. What is no number stays the text it is: the API says what is wrong
 * with it, as it does with everything else.
 */
export function bodyOf(draft: WebhookDraft, format: Format | undefined): Body {
  const { text } = draft
  const numbers = (names: readonly (keyof WebhookDraft['text'])[]) =>
    given(Object.fromEntries(names.map((name) => [name, numberOf(text[name])])))
  const schedule = scheduleOf(text.schedule)
  return {
    name: text.name,
    url: text.url,
    ...(text.secret !== '' && { secret: text.secret }),
    ...(text.format !== '' && { format: text.format }),
    ...(Object.keys(draft.config).length > 0 && { formatConfig: configOf(draft.config, format) }),
    events: draft.events,
    eventsPolicy: text.eventsPolicy || 'include',
    enabled: draft.enabled,
    headers: Object.fromEntries(pairs(text.headers, ':')),
    retryPolicy: {
      ...numbers(['maxRetries', 'initialDelayMs', 'backoffMultiplier', 'maxDelayMs']),
      ...(schedule !== undefined && { schedule }),
    },
    deliveryConfig: some(numbers(['timeoutMs', 'maxResponseBodyBytes'])),
    alertConfig: some(numbers(['hysteresisFactor'])),
    thresholds: some(
      given(
        Object.fromEntries(
          Object.entries(draft.thresholds).map(([key, value]) => [key, numberOf(value)]),
        ),
      ),
    ),
    level: text.level || null,
    instances: instancesOf(text.instances),
    httpAuth: authOf(text),
    ...nullable(text, ['maxInFlight', 'throttle']),
    discardAfter: text.discardAfter === '' ? null : numberOf(text.discardAfter),
    lossy: draft.lossy ? true : null,
    allowInvalidCerts: draft.allowInvalidCerts ? true : null,
  }
}

/** For a new webhook, what is not given is left out. */
export function withoutNulls(body: Body): Body {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
}

function nullable(
  text: WebhookDraft['text'],
  names: readonly (keyof WebhookDraft['text'])[],
): Body {
  return Object.fromEntries(names.map((name) => [name, numberOf(text[name]) ?? null]))
}

function numberOf(text: string): number | string | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  return Number.isNaN(Number(trimmed)) ? trimmed : Number(trimmed)
}

function given(values: Body): Body {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function some(values: Body): Body | null {
  return Object.keys(values).length === 0 ? null : values
}

function scheduleOf(text: string): unknown {
  if (text.trim() === '') return undefined
  const parts = text.split(/[\s,]+/).filter((part) => part !== '')
  return parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : text.trim()
}

/** Lines of two parts. A line without the mark between them keeps its name: the API refuses it. */
function pairs(text: string, between: string): (readonly [string, string])[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf(between)
    const [name, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
    return line.trim() === '' ? [] : [[name.trim(), value.trim()] as const]
  })
}

function instancesOf(text: string): unknown {
  const all = text.split(/[\n,]+/).flatMap((line) => line.trim() || [])
  if (all.length === 0) return null
  return all.every((line) => line.includes('=')) ? Object.fromEntries(pairs(text, '=')) : all
}

function authOf({ authType, authUser, authSecret }: WebhookDraft['text']): unknown {
  if (authType === 'Basic') return { type: authType, username: authUser, password: authSecret }
  return authType === 'Bearer' ? { type: authType, token: authSecret } : null
}

/** Settings of a format are of many kinds: what is no text there is written as JSON. */
function configOf(config: Readonly<Record<string, string>>, format: Format | undefined): Body {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, text]) => {
      if (text.trim() === '') return []
      const asText = format?.config?.shape[key]?.safeParse(text).success !== false
      return [[key, asText ? text : jsonOf(text)]]
    }),
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The format says what it wants instead.
    return text
  }
}
