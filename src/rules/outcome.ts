import type { FormatVerdict } from '../plugin/format.ts'

/**
 * Why an attempt failed.
 * - no usable answer: `dns`, `refused`, `reset`, `unreachable`, `tls`, `timeout`, `network` (any other)
 * - `blocked`: the target is forbidden, nothing was sent
 * - an answer that is no success: `redirect` (3xx, never followed), `status` (any other)
 */
export const errorClasses = [
  'dns',
  'refused',
  'reset',
  'unreachable',
  'tls',
  'timeout',
  'blocked',
  'redirect',
  'status',
  'network',
] as const
export type ErrorClass = (typeof errorClasses)[number]

/** What one attempt brought. */
export interface AttemptResult {
  /** The HTTP status, where an answer came. */
  readonly status?: number | undefined
  /** What went wrong, also after the status, such as a body that never ended. */
  readonly errorClass?: ErrorClass | undefined
  /** The `Retry-After` of the answer, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined
  /** What the format makes of the answer, where it knows better than the status. */
  readonly verdict?: FormatVerdict | undefined
}

/** What follows from an attempt. */
export type Outcome =
  | { readonly result: 'success' }
  /** Try again while the policy allows, not before `retryAfterMs`. */
  | { readonly result: 'retry'; readonly errorClass: ErrorClass; readonly retryAfterMs?: number }
  /** 410: the receiver wants no more; the webhook is to be disabled. */
  | { readonly result: 'gone'; readonly errorClass: ErrorClass }
  /** The target is forbidden, or the receiver refuses this for good: trying again cannot help. */
  | { readonly result: 'refused'; readonly errorClass: ErrorClass }

/** The longest a receiver may put us off. */
const maxRetryAfterMs = 3_600_000

/**
 * Judges an attempt: a whole 2xx answer is the only success (seed 1, "Success Criteria"), every
 * other status is retried except 410 (Standard Webhooks). `Retry-After` counts on 429 and 503 only.
 */
export function judge({ status, errorClass, retryAfterMs, verdict }: AttemptResult): Outcome {
  if (errorClass === 'blocked') return { result: 'refused', errorClass }
  if (verdict?.verdict === 'rejected') return { result: 'refused', errorClass: 'status' }
  if (verdict?.verdict === 'gone' || (verdict === undefined && status === 410))
    return { result: 'gone', errorClass: 'status' }
  const fault = errorClass ?? (verdict ? verdictFault(verdict) : statusFault(status))
  if (!fault) return { result: 'success' }
  const busy = status === 429 || status === 503 ? retryAfterMs : undefined
  const asked = verdict?.verdict === 'retry' ? (verdict.retryAfterMs ?? busy) : busy
  return asked === undefined
    ? { result: 'retry', errorClass: fault }
    : { result: 'retry', errorClass: fault, retryAfterMs: Math.min(asked, maxRetryAfterMs) }
}

function verdictFault({ verdict }: FormatVerdict): ErrorClass | undefined {
  return verdict === 'success' ? undefined : 'status'
}

function statusFault(status: number | undefined): ErrorClass | undefined {
  if (status === undefined) return 'network'
  if (status >= 200 && status < 300) return undefined
  return status >= 300 && status < 400 ? 'redirect' : 'status'
}
