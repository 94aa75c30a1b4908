import {
  type Agent,
  Agent as HttpAgent,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { urlToHttpOptions } from 'node:url'
import { checkTarget, type TargetPolicy } from '../../rules/target.ts'
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../rules/transport.ts'
import { answerOf } from './answer.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { isCut } from './fault.ts'
import { createGate } from './gate.ts'
import { checkingLookup, type Resolve, resolveAll } from './lookup.ts'

export interface TransportOptions {
  readonly policy: TargetPolicy
  /** All addresses of a name; the system's resolver by default. */
  readonly resolve?: Resolve
  /** Certificates, as PEM, trusted in place of the runtime's own. */
  readonly ca?: readonly string[]
}

export interface ServerTransport extends Transport {
  /** Ends idle connections, and keeps none from now on. Exchanges under way go on. */
  close(): void
}

/** Requests at once, in all and per host; a host's surplus waits without holding up others. */
const limits = { total: 1024, perKey: 64 }

/** Connections open in all, beyond which none is kept idle. */
const mostOpen = 512

/** Idle connections: per host, and for how long unless the server announces less. */
const pool = { keepAlive: true, maxFreeSockets: 16, timeout: 15_000 }

/**
 * The transport of Node, Bun and Deno, on `node:http(s)` with keep-alive. Judges the URL, and every
 * address behind its name, at each connection. Never follows a redirect. A request whose reused
 * connection turns out dead before any byte of an answer is sent once more, on a fresh one.
 */
export function createTransport(options: TransportOptions): ServerTransport {
  const { policy, resolve = resolveAll, ca } = options
  const lookup = checkingLookup(policy, resolve)
  const gate = createGate(limits)
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

  async function send(url: string, init: TransportRequest): Promise<TransportResponse> {
    const target = checkTarget(url, policy)
    if (!target.ok) throw new TransportError('blocked', `blocked: ${target.reason}`)
    const exchange = createExchange(target.url, init.signal)
    try {
      exchange.onFinish(await gate.enter(target.url.host, init.signal))
      exchange.reach('connecting')
      return await attempt(exchange, init, false)
    } catch (error) {
      exchange.finish()
      throw exchange.fault(error)
    }
  }

  return Object.assign(send, {
    close() {
      closed = true
      for (const agent of Object.values(agents)) endIdle(agent)
    },
  })
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
