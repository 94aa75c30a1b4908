import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Env } from './context.ts'

/** What browsers may do with an answer: nothing, unless a route says otherwise itself. */
const policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const harden = secureHeaders({
  xFrameOptions: 'DENY',
  crossOriginEmbedderPolicy: false,
  permissionsPolicy: { camera: [], geolocation: [], microphone: [], usb: [] },
})

/** What a route has not said itself: a strict content policy, and that nothing of ours is kept by caches. */
export const close: MiddlewareHandler<Env> = async (context, next) => {
  await next()
  const { headers } = context.res
  if (!headers.has('content-security-policy')) headers.set('Content-Security-Policy', policy)
  if (!headers.has('cache-control') && context.req.path.startsWith('/api/'))
    headers.set('Cache-Control', 'no-store')
}
