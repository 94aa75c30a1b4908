/** Requests a minute and client, by the name of the limit. */
export type RateLimits = Readonly<Record<RateLimitName, number>>
export const rateLimitNames = ['create', 'test', 'retry'] as const
export type RateLimitName = (typeof rateLimitNames)[number]

/** As seed 1's product has them. */
export const defaultRateLimits: RateLimits = { create: 25, test: 10, retry: 20 }

export const windowMs = 60_000
/** Clients remembered at once. Beyond them the one that has been quiet longest starts anew. */
const mostClients = 10_000

export type RateLimitsSetting =
  | { readonly ok: true; readonly limits: RateLimits | undefined }
  | { readonly ok: false; readonly reason: string }

/** Reads `create=25,test=10`: what is not named keeps its default. `off` is none at all. */
export function parseRateLimits(text: string): RateLimitsSetting {
  if (text.trim() === 'off') return { ok: true, limits: undefined }
  const limits: Record<RateLimitName, number> = { ...defaultRateLimits }
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue
    const [key = '', value = '', ...rest] = part.split('=').map((one) => one.trim())
    const name = rateLimitNames.find((one) => one === key)
    if (name === undefined || rest.length > 0)
      return { ok: false, reason: `"${part}" is none of ${rateLimitNames.join('=, ')}=, nor off` }
    if (!/^\d{1,7}$/.test(value) || Number(value) < 1)
      return { ok: false, reason: `"${part}" is no number of requests a minute from 1 to 9999999` }
    limits[name] = Number(value)
  }
  return { ok: true, limits }
}

/** What became of a request under a limit. */
export interface RateVerdict {
  readonly allowed: boolean
  readonly quota: number
  /** Requests left until then. */
  readonly remaining: number
  /** Until the window ends, in milliseconds. */
  readonly resetMs: number
}

/**
 * Counts requests in windows of a minute, each beginning with a client's first. In memory: every
 * process counts for itself. A `cost` of -1 gives one back that was not to be counted.
 */
export function createRateLimiter<Name extends string>(
  limits: Readonly<Record<Name, number>>,
  now: () => number = Date.now,
) {
  const windows = new Map<string, { readonly endsAt: number; taken: number }>()
  return (name: Name, client: string, cost: 1 | -1 = 1): RateVerdict => {
    const key = `${name} ${client}`
    const quota = limits[name]
    const time = now()
    let window = windows.get(key)
    if (window === undefined || window.endsAt <= time) {
      windows.delete(key)
      const [oldest] = windows.keys()
      if (windows.size >= mostClients && oldest !== undefined) windows.delete(oldest)
      window = { endsAt: time + windowMs, taken: 0 }
      windows.set(key, window)
    }
    const allowed = window.taken < quota
    if (allowed || cost < 0) window.taken = Math.max(0, window.taken + cost)
    return { allowed, quota, remaining: quota - window.taken, resetMs: window.endsAt - time }
  }
}

/** Who asks, as far as addresses tell: whoever has one of IPv6 mostly has the 2^64 beside it too. */
export function clientOf(address: string): string {
  return address.includes(':') && !address.includes('.')
    ? expanded(address).slice(0, 4).join(':')
    : address
}

/** The eight groups of an address of IPv6. */
function expanded(address: string): readonly string[] {
  const [head = '', tail] = address.split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  if (tail === undefined) return groups(head)
  const [before, after] = [groups(head), groups(tail)]
  return [...before, ...Array(8 - before.length - after.length).fill('0'), ...after]
}
