import type { MiddlewareHandler } from 'hono'
import {
  createRateLimiter,
  type RateVerdict,
  rateLimitNames,
  windowMs,
} from '../rules/rate-limit.ts'
import type { Env } from './context.ts'
import { Problem } from './problem.ts'
import type { Service } from './service.ts'

/** Refuses what a client asks more often than its route allows. A client is a token, else an address. */
export function limitRates({ rateLimits }: Service): MiddlewareHandler<Env> {
  const take = rateLimits && createRateLimiter(rateLimits)
  return async (context, next) => {
    const { routes, principal } = context.var
    const limited = rateLimitNames.find((name) => routes.some(({ rate }) => rate === name))
    if (take === undefined || limited === undefined) return next()
    const verdict = take(limited, principal.tokenId ?? context.env.client.address ?? principal.name)
    if (!verdict.allowed) throw tooMany(limited, verdict)
    await next()
    const headers = rateHeaders(limited, verdict)
    for (const [name, value] of Object.entries(headers)) context.header(name, value)
  }
}

/** The refusal of a request beyond a limit. */
export function tooMany(name: string, verdict: RateVerdict): Problem {
  const seconds = Math.ceil(verdict.resetMs / 1000)
  return new Problem(
    'too-many-requests',
    `At most ${verdict.quota} such requests a minute are answered; try again in ${seconds} s.`,
    { headers: { ...rateHeaders(name, verdict), 'Retry-After': `${seconds}` } },
  )
}

/** draft-ietf-httpapi-ratelimit-headers-11. */
function rateHeaders(name: string, { quota, remaining, resetMs }: RateVerdict) {
  return {
    RateLimit: `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
    'RateLimit-Policy': `"${name}";q=${quota};w=${windowMs / 1000}`,
  }
}
