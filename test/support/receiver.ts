import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A request as it arrived. */
interface ReceivedRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names as sent, each followed by its value. */
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** When it had arrived whole, epoch milliseconds. */
  readonly at: number
}

/** What the receiver does with a request; without anything it answers 200 with an empty body. */
interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Waits so long before it answers. */
  readonly delayMs?: number
  /** Never answers, or sends the head and the body and never ends it. */
  readonly hang?: 'headers' | 'body'
  /** Cuts the connection instead of answering, or after half of the body. */
  readonly destroy?: 'headers' | 'body'
  /** Sends the body one character at a time, so far apart. */
  readonly trickleMs?: number
}

/** A fixed answer, a status, or a function of the request and its number, counted from 0. */
type Respond =
  | number
  | Answer
  | ((request: ReceivedRequest, index: number) => number | Answer | Promise<number | Answer>)

export interface ReceiverOptions {
  readonly respond?: Respond
  /** Serves https with this key and certificate, as PEM. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** 0, the default, takes a free one. */
  readonly port?: number
}

export interface Receiver {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string
  readonly port: number
  /** Everything received, oldest first; the last 10000. */
  readonly requests: readonly ReceivedRequest[]
  /** Connections accepted so far. */
  readonly connections: number
  /** Connections open now. */
  readonly open: number
  /**
   * The next `count` requests that no earlier call has returned, those waiting included. Rejects
   * after `timeoutMs` (5000), saying what came.
   */
  next(count?: number, timeoutMs?: number): Promise<ReceivedRequest[]>
  /** Changes the behaviour from the next request on. */
  respond(respond: Respond): void
  /** Closes every idle connection, as a server does after its keep-alive time. */
  dropIdle(): void
  /** Cuts what is open and frees the port. May be called again. */
  close(): Promise<void>
}

const mostKept = 10_000
const mostBodyBytes = 16 * 1024 * 1024

/** Starts a real HTTP receiver on a free port of 127.0.0.1. Close it when the test ends. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = []
  const unseen: ReceivedRequest[] = []
  const arrived = new Set<() => void>()
  const timers = new Set<NodeJS.Timeout>()
  let respond: Respond = options.respond ?? {}
  let received = 0
  let connections = 0
  let open = 0

  function remember(request: ReceivedRequest): void {
    for (const list of [requests, unseen]) {
      list.push(request)
      if (list.length > mostKept) list.shift()
    }
    for (const look of [...arrived]) look()
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
  }

  async function answer(response: ServerResponse, answer: Answer): Promise<void> {
    const { status = 200, headers = {}, body = '', hang, destroy, trickleMs } = answer
    if (answer.delayMs) await pause(answer.delayMs)
    if (destroy === 'headers') response.socket?.destroy()
    if (destroy === 'headers' || hang === 'headers') return
    response.writeHead(status, headers)
    response.flushHeaders()
    if (destroy === 'body') {
      response.write(body.slice(0, Math.ceil(body.length / 2)))
      await pause(10)
      response.socket?.destroy()
    } else if (hang === 'body') {
      if (body) response.write(body)
    } else if (trickleMs) {
      await trickle(response, body, trickleMs)
    } else {
      response.end(body)
    }
  }

  async function trickle(response: ServerResponse, body: string, everyMs: number): Promise<void> {
    for (const character of body) {
      if (response.destroyed) return
      response.write(character)
      await pause(everyMs)
    }
    response.end()
  }

  const server = options.tls ? createTlsServer(options.tls) : createServer()
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket) => {
    connections += 1
    open += 1
    socket.once('close', () => {
      open -= 1
    })
  })
  server.on('request', async (message, response) => {
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of message) {
        bytes += chunk.length
        if (bytes > mostBodyBytes) message.destroy()
        chunks.push(chunk)
      }
    } catch {
      // The sender cut its own request: there is nothing to remember and nobody to answer.
      return
    }
    const { method = '', url: path = '', headers, rawHeaders } = message
    const body = Buffer.concat(chunks).toString()
    const request = { method, path, headers, rawHeaders, body, at: Date.now() }
    const index = received++
    remember(request)
    const chosen = typeof respond === 'function' ? await respond(request, index) : respond
    await answer(response, typeof chosen === 'number' ? { status: chosen } : chosen)
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections
    },
    get open() {
      return open
    },
    next(count = 1, timeoutMs = 5000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (unseen.length < count) return
          stop()
          resolve(unseen.splice(0, count))
        }
        const timer = setTimeout(() => {
          stop()
          reject(new Error(tooFew(count, timeoutMs, unseen, received)))
        }, timeoutMs)
        const stop = () => {
          clearTimeout(timer)
          arrived.delete(look)
        }
        arrived.add(look)
        look()
      })
    },
    respond(next) {
      respond = next
    },
    dropIdle() {
      server.closeIdleConnections()
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

function tooFew(
  count: number,
  timeoutMs: number,
  unseen: readonly ReceivedRequest[],
  received: number,
): string {
  const seen = unseen.map(({ method, path, headers, body }) => {
    const event = headers['x-webhook-event'] ?? ''
    return `\n  ${method} ${path} ${event} ${body.slice(0, 120)}`
  })
  return (
    `${unseen.length} of ${count} requests came within ${timeoutMs} ms ` +
    `(${received} since the start)${seen.join('')}`
  )
}
