import { type Bytes, utf8 } from './bytes.ts'
import { type Refused, refuse } from './result.ts'

/** Headers in whatever case: `Headers`, Node's `request.headers`, or any such object. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** A request's headers and body by one interface, and the clock it is held against. */
export interface Incoming {
  header(name: string): string | undefined
  readonly body: Bytes
  /** Epoch milliseconds. */
  readonly now: number
  readonly toleranceMs: number
}

/** Looks headers up by name in any case; those given twice are joined as `Headers` joins them. */
export function lookup(headers: HeadersLike): Incoming['header'] {
  if ('get' in headers && typeof headers.get === 'function') {
    const { get } = headers
    return (name) => get.call(headers, name) ?? undefined
  }
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    const all = [values.get(key), value].flat().filter((it) => it !== undefined)
    if (all.length > 0) values.set(key, all.join(', '))
  }
  return (name) => values.get(name.toLowerCase())
}

/** A body's bytes; undefined where it is no raw body any more, but what a parser made of it. */
export function bytesOf(body: unknown): Bytes | undefined {
  if (typeof body === 'string') return utf8(body)
  if (ArrayBuffer.isView(body)) {
    return new Uint8Array(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  }
  // By its tag: one from another realm is no instance of this one's class.
  const isBuffer = Object.prototype.toString.call(body) === '[object ArrayBuffer]'
  return isBuffer ? new Uint8Array((body as ArrayBuffer).slice(0)) : undefined
}

/**
 * The moment a timestamp header names, epoch milliseconds, where it is a whole number of units
 * (`unitMs`) and within the tolerance either way.
 */
export function momentOf(
  { now, toleranceMs }: Incoming,
  name: string,
  stamp: string,
  unitMs: 1 | 1000,
): number | Refused {
  if (!/^[1-9]\d{0,15}$/.test(stamp)) {
    const unit = unitMs === 1 ? 'milliseconds' : 'seconds'
    return refuse('malformed', `${name} is not a whole number of ${unit}`)
  }
  const moment = Number(stamp) * unitMs
  // Written so that a tolerance or a clock that is no number refuses.
  if (!(now - moment <= toleranceMs)) {
    return refuse('too_old', `signed more than ${toleranceMs / 1000} s ago; is this a replay?`)
  }
  if (!(moment - now <= toleranceMs)) {
    return refuse('too_new', `signed more than ${toleranceMs / 1000} s ahead; is a clock wrong?`)
  }
  return moment
}
