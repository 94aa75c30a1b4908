/** How a webhook proves who sends it. The last two say nothing about the body. */
export const schemes = [
  'standard',
  'betterdb',
  'db24x7',
  'dakkio',
  'stalwart',
  'outpost',
  'basic',
  'bearer',
] as const
export type Scheme = (typeof schemes)[number]

/**
 * - `missing_header`: nothing to check, or not all of it.
 * - `malformed`: a timestamp, id or body that no sender of that scheme makes, or a parsed body.
 * - `too_old`, `too_new`: signed outside the tolerance; a replay, or a clock that is wrong.
 * - `bad_signature`: nothing matches; another secret, or not the body as it arrived.
 * - `unusable_secret`: none of the secrets fits the scheme; the receiver is set up wrongly.
 */
export type VerifyReason =
  | 'missing_header'
  | 'malformed'
  | 'too_old'
  | 'too_new'
  | 'bad_signature'
  | 'unusable_secret'

/** A request that is genuine. What it says is covered by the signature, headers included. */
export interface Verified {
  readonly ok: true
  readonly scheme: Scheme
  /** When this attempt was signed, epoch milliseconds; undefined where the scheme signs no time. */
  readonly timestamp: number | undefined
  /** The same at every attempt: drop what you have seen. Undefined where the sender gives none. */
  readonly id: string | undefined
  /** Event type; of the first event where the body holds several. */
  readonly event: string | undefined
  /** The body as JSON; undefined where it is none. */
  readonly payload: unknown
}

/** A request to answer with 401. `message` says what to look at, and holds nothing secret. */
export interface Refused {
  readonly ok: false
  readonly reason: VerifyReason
  readonly message: string
}

export type VerifyResult = Verified | Refused

export function refuse(reason: VerifyReason, message: string): Refused {
  return { ok: false, reason, message }
}
