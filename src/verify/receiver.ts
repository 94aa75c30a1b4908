import type { Verified } from './result.ts'
import { type VerifySettings, verify } from './verify.ts'

/** Called with what is verified. Answers 204 where it returns nothing; what it throws is thrown on. */
export type Handle = (
  delivery: Verified,
  request: Request,
) => Response | undefined | Promise<Response | undefined> | Promise<void>

/**
 * A fetch handler that lets only genuine requests through to `handle`, and answers 401 to others.
 * For Workers, Deno and Bun as it is; in Hono `app.post('/hook', (c) => receive(c.req.raw))`.
 * Answers 500 to a secret that does not fit the scheme: the sender tries again once it is right.
 */
export function receiver(
  settings: VerifySettings,
  handle: Handle,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const result = await verify({ ...settings, request })
    if (result.ok) return (await handle(result, request)) ?? new Response(null, { status: 204 })
    const status = result.reason === 'unusable_secret' ? 500 : 401
    return new Response(`${result.message}\n`, { status })
  }
}
