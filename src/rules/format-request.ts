import { base64 } from '../plugin/bytes.ts'
import type { FormatAuthorization, FormatPayload } from '../plugin/format.ts'
import type { FormatEvents } from '../plugin/format-event.ts'
import type { Endpoint } from './endpoint.ts'
import type { Marks } from './marks.ts'

/** One attempt to tell a webhook of events. */
export interface Telling {
  readonly events: FormatEvents
  readonly payload: FormatPayload
  /** Epoch milliseconds. */
  readonly timestamp: number
  readonly attemptId: string
  /** Beside the webhook's own and the format's. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined
}

/** A request as it goes out, every secret in its place. */
export interface FormatRequest {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** Completes and signs a request. Our headers come last: a webhook's own cannot break or forge them. */
export async function formatRequest(
  endpoint: Endpoint,
  { events, payload, timestamp, attemptId, extraHeaders }: Telling,
): Promise<FormatRequest> {
  const { settings, format, context, signer, marks, authorization, url } = endpoint
  const body = marks.reveal(payload.body, placeOf(payload))
  const signed = await format.headers?.({ events, body, timestamp, attemptId, context, signer })
  const made = {
    'Content-Type': payload.contentType ?? 'application/json',
    'User-Agent': 'Tocsin/1.0',
    ...payload.headers,
    ...signed,
  }
  const headers = named(settings.headers)
  for (const [key, [name, value]] of named(made)) headers.set(key, [name, marks.reveal(value)])
  if (authorization !== undefined)
    headers.set('authorization', ['Authorization', credentials(authorization, marks)])
  for (const [key, header] of named(extraHeaders ?? {})) headers.set(key, header)
  return {
    url: marks.reveal(format.target?.(url, events, context) ?? url),
    headers: Object.fromEntries(headers.values()),
    body,
  }
}

/** Headers by their name in lower case: of two that differ in case alone both would be sent. */
function named(headers: Readonly<Record<string, string>>): Map<string, [string, string]> {
  const all = Object.entries(headers)
  return new Map(all.map((header) => [header[0].toLowerCase(), header]))
}

/** How a secret is written in a body of this kind. */
function placeOf({ contentType = 'application/json' }: FormatPayload) {
  if (/json/i.test(contentType)) return 'json'
  return /x-www-form-urlencoded/i.test(contentType) ? 'form' : 'plain'
}

/** The `Authorization` header. */
export function credentials(authorization: FormatAuthorization, marks: Marks): string {
  if (authorization.type === 'Bearer')
    return `${authorization.scheme ?? 'Bearer'} ${marks.reveal(authorization.token)}`
  const pair = `${authorization.username}:${marks.reveal(authorization.password)}`
  return `Basic ${base64(new TextEncoder().encode(pair))}`
}
