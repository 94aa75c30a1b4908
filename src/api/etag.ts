import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Context, Env } from './context.ts'
import { Problem } from './problem.ts'

/** Tells in `ETag` which version an answer shows. */
export function tag(context: Context, { version }: { readonly version: number }): void {
  context.header('ETag', etagOf(version))
}

/** What a route declares that tags its answers, beside the answer itself. */
export const unchanged = { 304: { description: 'It is still the version in `If-None-Match`.' } }
export const ifNoneMatch = z.object({
  'If-None-Match': z
    .string()
    .optional()
    .describe('Only where the version is no longer this `ETag`: else the answer is a 304.'),
})

/** Answers 304, without a body, where the client has the version already (RFC 9110, section 13.1.2). */
export const answerUnchanged: MiddlewareHandler<Env> = async (context, next) => {
  await next()
  const { req, res } = context
  const [etag, condition] = [res.headers.get('etag'), req.header('if-none-match')]
  if (!/^(?:GET|HEAD)$/.test(req.method) || res.status !== 200) return
  if (etag === null || condition === undefined) return
  const known = condition.split(',').map((one) => one.trim().replace(/^W\//, ''))
  if (!known.includes(etag) && condition.trim() !== '*') return
  const headers = new Headers(res.headers)
  for (const name of ['content-type', 'content-length']) headers.delete(name)
  context.res = undefined
  context.res = new Response(null, { status: 304, headers })
}

/**
 * Refuses a change to another version than the one in `If-Match` (RFC 9110, section 13.1.1). Weak
 * tags never match.
 */
export function checkMatch(condition: string | undefined, version: number): void {
  if (condition === undefined || condition.trim() === '*') return
  const tags = condition.split(',').map((one) => one.trim())
  if (!tags.includes(etagOf(version))) throw changedMeanwhile()
}

/** Somebody else was quicker. */
export function changedMeanwhile(): Problem {
  return new Problem(
    'precondition-failed',
    'It has changed since the version in If-Match: read it again and repeat the change.',
  )
}

function etagOf(version: number): string {
  return `"${version}"`
}
