import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from './problem.ts'

const mebibyte = 1_048_576

/** Refuses a body of more than so many MiB (413), also one that does not say how long it is. */
export function limitBody(mebibytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: mebibytes * mebibyte,
    onError() {
      throw new Problem('payload-too-large', `The body is larger than ${mebibytes} MiB; send less.`)
    },
  })
}

/** An empty body is no body: many clients send a `Content-Type` all the same. */
export const ignoreEmptyBody: MiddlewareHandler = async ({ req }, next) => {
  if (req.header('content-type') !== undefined && (await req.text()) === '') {
    const { url, method, signal } = req.raw
    const headers = new Headers(req.raw.headers)
    headers.delete('content-type')
    req.raw = new Request(url, { method, headers, signal })
  }
  await next()
}
