import {
  type Agent,
  Agent as HttpAgent,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { urlToHttpOptions } from 'node:url'
import type { TransportRequest, TransportResponse } from '../../rules/transport.ts'
import { answerOf } from './answer.ts'
import type { Exchange } from './exchange.ts'
import { isCut } from './fault.ts'
import { type HttpClient, type HttpClientOptions, idleMs, mostOpen } from './http-client.ts'

/** Idle connections: per host, and for how long unless the server announces less. */
const pool = { keepAlive: true, maxFreeSockets: 16, timeout: idleMs }

/** On `node:http(s)`, which Node, Bun and Deno have. */
export function createNativeClient({ lookup, ca }: HttpClientOptions): HttpClient {
  const trust = ca ? { ca: [...ca] } : {}
  let open = 0
  let closed = false

  const keepsIdle = () => !closed && open <= mostOpen
  const agents = {
    plain: keepingIdle(new HttpAgent(pool), keepsIdle),
    secure: keepingIdle(new HttpsAgent(pool), keepsIdle),
    insecure: keepingIdle(new HttpsAgent(pool), keepsIdle),
  }

  function start(url: URL, init: TransportRequest, fresh: boolean) {
    const headers = { ...init.headers, 'content-length': Buffer.byteLength(init.body) }
    const settings = { ...placeOf(url), method: init.method, headers, lookup }
    if (url.protocol === 'http:') {
      return httpRequest({ ...settings, agent: fresh ? false : agents.plain })
    }
    const agent = init.allowInvalidCerts ? agents.insecure : agents.secure
    const rejectUnauthorized = !init.allowInvalidCerts
    return httpsRequest({
      ...settings,
      ...trust,
      rejectUnauthorized,
      agent: fresh ? false : agent,
    })
  }

  function attempt(
    exchange: Exchange,
    init: TransportRequest,
    fresh: boolean,
  ): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      const request = start(exchange.url, init, fresh)
      let bytesBefore = 0
      // A request that waits for its socket does not report that it was destroyed.
      exchange.onAbort((reason) => {
        reject(reason)
        request.destroy()
      })
      // Deno tells of a second socket where it replaces a dead one by itself.
      request.on('socket', (socket) => {
        bytesBefore = socket.bytesRead
        if (request.reusedSocket) return exchange.reach('waiting')
        open += 1
        socket.once('close', () => {
          open -= 1
        })
        const connected = exchange.url.protocol === 'http:' ? 'connect' : 'secureConnect'
        return socket.once(connected, () => exchange.reach('waiting'))
      })
      request.once('response', (message) => resolve(answerOf(message, exchange)))
      request.on('error', (error) => {
        const silent = (request.socket?.bytesRead ?? 0) === bytesBefore
        const stale = !fresh && request.reusedSocket && silent && isCut(error)
        if (stale) resolve(attempt(exchange, init, true))
        else reject(error)
      })
      request.end(init.body)
    })
  }

  return {
    exchange: (exchange, init) => attempt(exchange, init, false),
    close() {
      closed = true
      for (const agent of Object.values(agents)) endIdle(agent)
    },
  }
}

/** What a URL says to the client, worked out once: reading it takes as long as signing what is sent. */
function placeOf(url: URL): RequestOptions {
  const known = places.get(url)
  if (known !== undefined) return known
  const { protocol, hostname, port, path } = urlToHttpOptions(url)
  const place = { protocol, hostname, port, path }
  places.set(url, place)
  return place
}
const places = new WeakMap<URL, RequestOptions>()

/** Lets an agent keep a connection only while `keeps` says so. */
function keepingIdle<A extends Agent>(agent: A, keeps: () => boolean): A {
  const keepSocketAlive = agent.keepSocketAlive
  agent.keepSocketAlive = (socket) => keeps() && keepSocketAlive.call(agent, socket)
  return agent
}

function endIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of [...(sockets ?? [])]) socket.destroy()
  }
}
