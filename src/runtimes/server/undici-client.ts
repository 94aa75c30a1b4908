import { subscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import { Agent, Client, type Dispatcher } from 'undici'
import type { TransportRequest, TransportResponse } from '../../rules/transport.ts'
import { createChunks } from './chunks.ts'
import type { Exchange } from './exchange.ts'
import { isCut } from './fault.ts'
import { atOnce, type HttpClient, type HttpClientOptions, idleMs } from './http-client.ts'
import { createSockets } from './sockets.ts'

/** No time limits but the exchange's own. */
const unhurried = { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 }
const pool = {
  ...unhurried,
  connections: atOnce.perKey,
  keepAliveTimeout: idleMs,
  keepAliveMaxTimeout: idleMs,
}

/** What is being dispatched tells here which socket it is given. */
let starting: ((socket: Socket) => void) | undefined
// The only word of it that undici has; within one turn, between the start of a request and its write.
subscribe('undici:client:sendHeaders', (message) => {
  const told = starting
  starting = undefined
  if (told !== undefined && hasSocket(message)) told(message.socket)
})

function hasSocket(message: unknown): message is { readonly socket: Socket } {
  return (
    typeof message === 'object' &&
    message !== null &&
    'socket' in message &&
    message.socket instanceof Socket
  )
}

/** On undici, which takes half of what `node:http` does for a request. Node only. */
export function createUndiciClient(options: HttpClientOptions): HttpClient {
  const sockets = createSockets(options)
  let dialled: Socket | undefined
  const opener = (rejectUnauthorized: boolean) =>
    sockets.opener({
      rejectUnauthorized,
      onDial: (socket) => {
        dialled = socket
      },
    })
  const openers = { checked: opener(true), insecure: opener(false) }
  const agents = {
    checked: new Agent({ ...pool, connect: openers.checked }),
    insecure: new Agent({ ...pool, connect: openers.insecure }),
  }

  /** Hands a request over; answers the connection that is being opened for it, if one is. */
  function dispatch(
    { url }: Exchange,
    { method, headers, body, allowInvalidCerts }: TransportRequest,
    isFresh: boolean,
    handler: Dispatcher.DispatchHandler,
  ): Socket | undefined {
    const trust = allowInvalidCerts ? 'insecure' : 'checked'
    const { origin, pathname, search } = url
    const request = { origin, path: pathname + search, method, headers, body }
    dialled = undefined
    if (isFresh) {
      const client = new Client(origin, { ...unhurried, connect: openers[trust] })
      client.dispatch(request, handler)
      // It ends when this is answered.
      client.close().catch(() => {})
    } else agents[trust].dispatch(request, handler)
    return dialled
  }

  function attempt(
    exchange: Exchange,
    init: TransportRequest,
    isFresh: boolean,
  ): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      let socket: Socket | undefined
      let isReused = false
      let bytesBefore = 0
      let isBodiless = false
      let control: Dispatcher.DispatchController | undefined
      let aborted: { readonly reason: Error } | undefined
      const chunks = createChunks({
        wanted: () => control?.resume(),
        left: () => control?.abort(new Error('The reader has left.')),
      })

      const dialling = dispatch(exchange, init, isFresh, {
        onRequestStart(controller) {
          control = controller
          if (aborted) return controller.abort(aborted.reason)
          exchange.reach('waiting')
          starting = (given) => {
            socket = given
            isReused = sockets.take(given)
            bytesBefore = given.bytesRead
          }
        },
        onResponseStart(_, status, headers) {
          // Only word of one to come (RFC 9110, section 15.2).
          if (status < 200) return
          exchange.reach('reading')
          isBodiless = status === 204 || status === 304
          resolve({ status, headers: headersOf(headers), body: chunks.body })
        },
        onResponseData(controller, chunk) {
          if (!chunks.push(chunk)) controller.pause()
        },
        onResponseEnd() {
          if (socket !== undefined) sockets.giveBack(socket)
          // Sooner the connection is not free yet, and the next request would open another.
          process.nextTick(setImmediate, () => {
            chunks.end()
            exchange.finish()
            if (socket !== undefined) sockets.limit(socket)
          })
        },
        onResponseError(_, error) {
          const isStale = !isFresh && isReused && socket?.bytesRead === bytesBefore && isCut(error)
          if (isStale && !aborted) return resolve(attempt(exchange, init, true))
          // Such an answer may announce a length all the same, and is whole without it.
          if (isBodiless) chunks.end()
          else chunks.fail(exchange.fault(error))
          exchange.finish()
          reject(error)
        },
      })
      exchange.onAbort((reason) => {
        aborted = { reason: reason instanceof Error ? reason : new Error(String(reason)) }
        reject(reason)
        if (control !== undefined) control.abort(aborted.reason)
        else dialling?.destroy(aborted.reason)
      })
    })
  }

  return {
    exchange: (exchange, init) => attempt(exchange, init, false),
    close: () => sockets.close(),
  }
}

/** Repeated fields are joined, as `fetch` does. */
function headersOf(headers: Dispatcher.ResponseData['headers']): TransportResponse['headers'] {
  const joined = (value: string | string[] | undefined) =>
    Array.isArray(value) ? value.join(', ') : value
  return {
    get: (name) => joined(headers[name.toLowerCase()]) ?? null,
    forEach(visit) {
      for (const name in headers) visit(joined(headers[name]) ?? '', name)
    },
  }
}
