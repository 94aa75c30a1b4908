import type { HonoRequest, MiddlewareHandler } from 'hono'
import { joined } from '../plugin/bytes.ts'
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
    if (/^(?:GET|HEAD)$/.test(req.method)) return next()
    const length = req.header('content-length')
    if (Number(length ?? 0) > most) throw tooLarge()
    // A server gives no more than was announced; on Node that way costs a third of a stream.
    const reading = length === undefined ? readUpTo(req.raw.body, most) : readAll(req.raw)
    const bytes = await within(patienceMs, reading, () => cutShort).catch(() => {
      throw cutShort
    })
    if (bytes === undefined || bytes.length > most) throw tooLarge()
    keep(req, bytes)
    if (bytes.length === 0 && req.header('content-type') !== undefined)
      req.raw = withoutBody(req.raw)
    await next()
  }
}

/** Hands on what was read to all who ask the request for it. */
function keep(req: HonoRequest, bytes: Uint8Array<ArrayBuffer>): void {
  const isEmpty = bytes.length === 0
  if (!isEmpty && !/^(?:identity)?$/i.test(req.header('content-encoding') ?? '')) throw encoded
  const isText = isEmpty || /json/i.test(req.header('content-type') ?? '')
  const read = isText
    ? { text: Promise.resolve(utf8(bytes)) }
    : { arrayBuffer: Promise.resolve(bytes.slice().buffer) }
  Object.assign(req.bodyCache, read)
}

/** From its parts: a server's own kind of request need not be one that `Request` can copy. */
function withoutBody({ url, method, signal, headers }: Request): Request {
  const left = new Headers([...headers])
  left.delete('content-type')
  return new Request(url, { method, headers: left, signal })
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notUtf8
  }
}

/** Declares what {@link readBody} may refuse, also of routes that need no body: one may be sent. */
export function declareBodies({ openAPIRegistry }: Api): void {
  for (const definition of openAPIRegistry.definitions) {
    if (definition.type !== 'route' || definition.route.method === 'get') continue
    definition.route.responses = { ...badBody, ...definition.route.responses }
  }
}

async function readAll(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await request.arrayBuffer())
}

/** All bytes of a stream; undefined where there are more than `most`. */
async function readUpTo(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream ?? []) {
    length += chunk.length
    if (length > most) return undefined
    chunks.push(chunk)
  }
  return joined(chunks)
}
