import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type VerifyResult, type VerifySettings, verify } from '../verify.ts'

/** A delivery that has arrived, and whether it is genuine. */
export interface Arrival {
  /** Epoch milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Undefined where there is no secret to check with. */
  readonly result: VerifyResult | undefined
  /** What it is answered with. */
  readonly status: number
}

export interface ReceiverOptions {
  /** How to check signatures; without, they are not. */
  readonly checks?: VerifySettings | undefined
  /** 0, the default, takes a free one. */
  readonly port?: number | undefined
  /** What a delivery that is not refused is answered with. Default 200. */
  readonly status?: number | undefined
  /** How long it waits with the answer. Default 0. */
  readonly delayMs?: number | undefined
  readonly onArrival: (arrival: Arrival) => void
  /** The answer to a delivery is on its way. */
  readonly onAnswered?: () => void
}

const mostBodyBytes = 10 * 1024 * 1024

/** A receiver as a user would write one: reads the raw body, checks the signature, answers. */
export async function startReceiver(options: ReceiverOptions) {
  const { checks, port = 0, status = 200, delayMs = 0, onArrival, onAnswered } = options
  const ended = new AbortController()
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    if (method === 'OPTIONS') {
      // CloudEvents asks first whether it may send here.
      const origin = headers['webhook-request-origin'] ?? '*'
      const allowed = { 'WebHook-Allowed-Origin': origin, 'WebHook-Allowed-Rate': '*' }
      response.writeHead(200, { Allow: 'POST', ...allowed }).end()
      return
    }
    if (method !== 'POST') {
      response.writeHead(405, { Allow: 'POST' }).end('Send deliveries here with POST.\n')
      return
    }
    const body = await read(request)
    if (body === undefined) {
      response.writeHead(413, { Connection: 'close' }).end()
      return
    }
    const at = Date.now()
    const result = checks && (await verify({ ...checks, headers, body }))
    const refused = result?.ok === false
    const answer = refused ? 401 : status
    onArrival({ at, method, path, headers, body, result, status: answer })
    if (delayMs > 0) {
      const waited = sleep(delayMs, true, { signal: ended.signal })
      if (!(await waited.catch(() => false))) return
    }
    response.writeHead(answer).end(refused ? `${result.message}\n` : 'OK\n', onAnswered)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new Error(`port ${port} is in use; take another, or 0 for a free one`, { cause: error })
  })
  const address = server.address()
  const listening = typeof address === 'object' && address !== null ? address.port : port

  return {
    url: `http://127.0.0.1:${listening}`,
    close() {
      ended.abort()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Undefined where it is too long, or the sender has gone. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      bytes += chunk.length
      if (bytes > mostBodyBytes) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
}
