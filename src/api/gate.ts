import type { MiddlewareHandler } from 'hono'
import type { Env } from './context.ts'
import { inTime } from './deadline.ts'
import { Problem } from './problem.ts'
import type { Service } from './service.ts'

/** What anybody may ask: nothing in it is anybody's. */
const open: ReadonlySet<string> = new Set(['/', '/healthz', '/readyz', '/openapi.json'])

/** Asks the service whether a request may be answered, before anything of it is read. */
export function requireAuthorization({ authorize }: Service): MiddlewareHandler<Env> {
  return async ({ req, env }, next) => {
    if (!open.has(req.path)) {
      const verdict = await inTime(authorize(req.raw, env.client))
      if (!verdict.ok)
        throw verdict.status === 401
          ? new Problem('unauthorized', verdict.detail, {
              headers: { 'WWW-Authenticate': 'Bearer realm="tocsin"' },
            })
          : new Problem('forbidden', verdict.detail)
    }
    await next()
  }
}
