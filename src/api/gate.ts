import type { MiddlewareHandler } from 'hono'
import { covers } from '../rules/scope.ts'
import type { Principal } from './authorize.ts'
import type { Env } from './context.ts'
import { inTime } from './deadline.ts'
import { Problem } from './problem.ts'
import { type RouteEntry, routesFor } from './route-table.ts'
import type { Service } from './service.ts'

const nobody: Principal = { tokenId: null, name: 'anybody', scopes: [] }

/**
 * Asks the service who sends a request and whether they may, before anything of it is read. Where
 * two routes match a path, the scopes of both are needed. What is open needs no token.
 */
export function requireAuthorization(
  { authorize }: Service,
  routes: () => readonly RouteEntry[],
): MiddlewareHandler<Env> {
  return async (context, next) => {
    const { req, env } = context
    const asked = routesFor(routes(), req.method, req.path)
    const open = asked.length > 0 && asked.every(({ scope }) => scope === null)
    if (open) context.set('principal', nobody)
    else {
      const verdict = await inTime(authorize(req.raw, env.client))
      if (!verdict.ok)
        throw verdict.status === 401
          ? new Problem('unauthorized', verdict.detail, {
              headers: { 'WWW-Authenticate': challenge(req.raw) },
            })
          : new Problem('forbidden', verdict.detail)
      const { principal } = verdict
      for (const { scope } of asked)
        if (scope !== null && !covers(principal.scopes, scope))
          throw new Problem(
            'forbidden',
            `This needs a token with the scope "${scope}"; "${principal.name}" has ${principal.scopes.join(', ') || 'none'}.`,
            {
              headers: {
                'WWW-Authenticate': `Bearer realm="tocsin", error="insufficient_scope", scope="${scope}"`,
              },
            },
          )
      refuseForeignPage(req.raw)
      context.set('principal', principal)
    }
    context.set('routes', asked)
    await next()
  }
}

/** RFC 6750, section 3.1: without a token nothing was wrong with it. */
function challenge({ headers }: Request): string {
  const wrong = headers.has('authorization') ? ', error="invalid_token"' : ''
  return `Bearer realm="tocsin"${wrong}`
}

/**
 * A page of another site may make a browser send a request, but not with our `Authorization`: what
 * comes without one, and changes something, must not come from such a page (CSRF).
 */
export function refuseForeignPage({ method, headers, url }: Request): void {
  if (/^(GET|HEAD)$/.test(method) || headers.has('authorization')) return
  const site = headers.get('sec-fetch-site')
  const origin = headers.get('origin')
  const foreign =
    site !== null
      ? site !== 'same-origin' && site !== 'none'
      : origin !== null && hostOf(origin) !== new URL(url).host
  if (foreign)
    throw new Problem('forbidden', 'A page of another site sent this; changes need a token.')
}

/** Not the scheme: a proxy in front of us may have ended TLS. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
