import type { MiddlewareHandler } from 'hono'
import { within } from '../rules/deadline.ts'
import { badBody } from './answers.ts'
import type { Api } from './context.ts'
import { Problem } from './problem.ts'

const mebibyte = 1_048_576
/** How long a client may take to send a body, milliseconds. */
const usualPatienceMs = 60_000

const cutShort = new Problem(
  'incomplete-body',
  'The body did not come whole, or not in time: send it again.',
  { headers: { Connection: 'close' } },
)

const encoded = new Problem(
  'unsupported-media-type',
  'The body is read as it comes: send it without Content-Encoding.',
)
const notUtf8 = new Problem('malformed-json', 'The body is not UTF-8, as JSON is (RFC 8259).')

/**
 * Reads a body of at most so many MiB (413), also one that does not say how long it is. An empty
 * body is no body: many clients send a `Content-Type` all the same.
 */
export function readBody(mebibytes: number, patienceMs = usualPatienceMs): MiddlewareHandler {
  const most = mebibytes * mebibyte
  const tooLarge = () =>
    new Problem('payload-too-large', `The body is larger than ${mebibytes} MiB; send less.`, {
      // The rest of it is not read: no other request can follow on this connection.
      headers: { Connection: 'close' },
    })

  return async ({ req }, next) => {
    const { url, method, signal, body } = req.raw
    if (body !== null) {
      if (Number(req.header('content-length') ?? 0) > most) throw tooLarge()
      const bytes = await within(patienceMs, readUpTo(body, most), () => cutShort).catch(() => {
        throw cutShort
      })
      if (bytes === undefined) throw tooLarge()
      if (bytes.length > 0 && !/^(?:identity)?$/i.test(req.header('content-encoding') ?? ''))
        throw encoded
      if (/json/i.test(req.header('content-type') ?? '') && !isUtf8(bytes)) throw notUtf8
      // From its parts: a server's own kind of request need not be one that `Request` can copy.
      const headers = new Headers([...req.raw.headers])
      if (bytes.length === 0) headers.delete('content-type')
      const read = bytes.length === 0 ? {} : { body: bytes }
      req.raw = new Request(url, { method, headers, signal, ...read })
    }
    await next()
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Declares what {@link readBody} may refuse, also of routes that need no body: one may be sent. */
export function declareBodies({ openAPIRegistry }: Api): void {
  for (const definition of openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.method === 'get') continue
    definition.route.responses = { ...badBody, ...definition.route.responses }
  }
}

/** All bytes of a stream; undefined where there are more than `most`. */
async function readUpTo(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length > most) return undefined
    chunks.push(chunk)
  }
  const [only] = chunks
  return chunks.length === 1 && only ? only : joined(chunks, length)
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
