import { type RetryPolicy, retriesAllowed, retryDelay } from './retry.ts'

/** When attempts are made where every one fails: milliseconds after the first, jitter left out. */
export function retryTimes(policy: RetryPolicy): number[] {
  const times = [0]
  for (let retry = 1; retry <= retriesAllowed(policy); retry += 1)
    times.push((times.at(-1) ?? 0) + retryDelay(policy, retry, () => 0))
  return times
}
