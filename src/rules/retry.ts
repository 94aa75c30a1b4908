/** When a failed delivery is tried again. Times in milliseconds. */
export interface RetryPolicy {
  /** Retries after the first attempt, so attempts are one more (seed 1, "Default Retry Behavior"). */
  readonly maxRetries: number
  readonly initialDelayMs: number
  readonly backoffMultiplier: number
  readonly maxDelayMs: number
  /** The delay before each retry, in place of the four numbers above (seed 3). */
  readonly schedule?: readonly number[] | undefined
}

/** Seed 1, "Default Configuration". */
export const defaultRetryPolicy: RetryPolicy = {
  maxRetries: 3,
  initialDelayMs: 1000,
  backoffMultiplier: 2,
  maxDelayMs: 60_000,
}

const jitterShare = 0.1
const maxJitterMs = 500

/** How many retries follow a failed first attempt. */
export function retriesAllowed(policy: RetryPolicy): number {
  return policy.schedule?.length ?? policy.maxRetries
}

/**
 * Whole milliseconds to wait before retry `retry`, counted from 1 and from the end of the attempt
 * before. Jitter only adds: up to a tenth, at most half a second. Past the end of a schedule its
 * last delay repeats. `random` gives numbers from 0 up to 1. A `retry` below 1 throws.
 */
export function retryDelay(policy: RetryPolicy, retry: number, random: () => number): number {
  if (!(Number.isInteger(retry) && retry >= 1)) {
    throw new RangeError(`retries are counted from 1, not ${retry}`)
  }
  const delay = Math.round(policy.schedule ? scheduled(policy, retry) : backoff(policy, retry))
  return delay + Math.floor(Math.min(delay * jitterShare, maxJitterMs) * random())
}

function scheduled({ schedule = [], maxDelayMs }: RetryPolicy, retry: number): number {
  return schedule[retry - 1] ?? schedule.at(-1) ?? maxDelayMs
}

function backoff(policy: RetryPolicy, retry: number): number {
  // An infinite power times no delay at all would be NaN.
  if (policy.initialDelayMs === 0) return 0
  return Math.min(
    policy.initialDelayMs * policy.backoffMultiplier ** (retry - 1),
    policy.maxDelayMs,
  )
}
