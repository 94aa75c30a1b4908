import type { MiddlewareHandler } from 'hono'
import type { Env } from './context.ts'

/**
 * Packs a text at once. The runtime's own: a stream that packs takes three times as long, most of it to
 * hand pieces on. Absent where the network in front packs by itself.
 */
export type Gzip = (text: string) => Uint8Array<ArrayBuffer>

/** Whether who asks can unpack (RFC 9110 section 12.5.3). */
export function unpacks(accepted: string | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted ?? '')
}

/** Sends pages packed, but for those that are smaller than what packing costs. */
export function packed(gzip: Gzip): MiddlewareHandler<Env> {
  return async (context, next) => {
    await next()
    const { req, res } = context
    if (!/^text\/html\b/.test(res.headers.get('Content-Type') ?? '')) return
    context.header('Vary', 'Accept-Encoding', { append: true })
    if (req.method === 'HEAD' || !unpacks(req.header('Accept-Encoding'))) return
    const text = await res.text()
    const small = text.length < 1024
    context.res = new Response(small ? text : gzip(text), res)
    if (!small) context.header('Content-Encoding', 'gzip')
  }
}
