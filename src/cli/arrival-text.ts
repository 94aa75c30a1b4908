import { describe } from '../verify/payload.ts'
import type { VerifyResult } from '../verify.ts'
import type { Arrival } from './receiver.ts'

/** One arrival for people: when, what, where, whether it is genuine, the body, the answer. */
export function arrivalText({ at, path, body, result, status }: Arrival): string {
  const { event, payload } = describe(body)
  const place = instanceOf(payload)
  const head = [new Date(at).toISOString().slice(11, 23), event ?? `POST ${path}`, place ?? '']
  const shown =
    payload === undefined ? printable(body.toString()) : JSON.stringify(payload, null, 2)
  return [
    printable(head.join('  ').trimEnd()),
    `  ${printable(verdictText(result, at))}`,
    printable(shown, true).replace(/^/gm, '  '),
    `  -> ${status}`,
    '',
  ].join('\n')
}

/** One arrival as one line of JSON, which `tocsin verify` reads as well. */
export function arrivalJson({ at, method, path, headers, body, result, status }: Arrival): string {
  const { event, payload } = describe(body)
  const verified = result?.ok ?? null
  const fault = result?.ok === false ? { reason: result.reason, message: result.message } : {}
  const scheme = result?.ok ? { scheme: result.scheme } : {}
  const instance = instanceOf(payload)
  return JSON.stringify({
    time: new Date(at).toISOString(),
    event,
    instance,
    verified,
    ...scheme,
    ...fault,
    status,
    method,
    path,
    headers,
    body: body.toString(),
  })
}

/** A verdict in a few words; `now` is the moment it is held against, epoch milliseconds. */
export function verdictText(result: VerifyResult | undefined, now: number): string {
  if (result === undefined) return 'not checked: no secret is known (see --help)'
  if (!result.ok) return `REFUSED, ${result.reason}: ${result.message}`
  const { scheme, timestamp } = result
  if (scheme === 'basic' || scheme === 'bearer') {
    return `verified: ${scheme}, which says nothing of the body or the time`
  }
  if (timestamp === undefined) return `verified: ${scheme}, which signs no time`
  return `verified: ${scheme}, signed ${agoText(now - timestamp)}`
}

/** `3 s ago`, `2 h ahead`. */
export function agoText(ms: number): string {
  const size = Math.abs(ms)
  const [unit, name] = (
    [
      [86_400_000, 'days'],
      [3_600_000, 'h'],
      [60_000, 'min'],
      [1000, 's'],
    ] as const
  ).find(([unit]) => size >= 2 * unit) ?? [1, 'ms']
  return `${Math.round(size / unit)} ${name} ${ms < 0 ? 'ahead' : 'ago'}`
}

function instanceOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null || !('instance' in payload)) return undefined
  const { instance } = payload
  if (typeof instance !== 'object' || instance === null || !('host' in instance)) return undefined
  return `${instance.host}${'port' in instance ? `:${instance.port}` : ''}`
}

/** What a sender wrote, without what would move the cursor of a terminal. */
function printable(text: string, lines = false): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    lines && character === '\n'
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
