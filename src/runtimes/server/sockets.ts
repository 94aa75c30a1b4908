import { isIP, connect as openPlain, type Socket } from 'node:net'
import { connect as openSecure } from 'node:tls'
import type { buildConnector } from 'undici'
import { skipContinue } from './continue.ts'
import { type HttpClientOptions, mostOpen } from './http-client.ts'

/** The connections of one client: each is opened here, and kept while there are few. */
export interface Sockets {
  /** Opens connections as undici asks for them; tells of each before it is connected. */
  opener(more: {
    readonly rejectUnauthorized: boolean
    readonly onDial: (socket: Socket) => void
  }): buildConnector.connector
  /** A request is about to be written to it. Whether it has carried one before. */
  take(socket: Socket): boolean
  /** Its answer has come whole. */
  giveBack(socket: Socket): void
  /** Ends it where it is idle and there are too many. */
  limit(socket: Socket): void
  /** Ends what is idle, and keeps nothing from now on. */
  close(): void
}

const mostSessions = 500
const keepAliveProbeMs = 60_000

export function createSockets({ lookup, ca }: HttpClientOptions): Sockets {
  const trust = ca ? { ca: [...ca] } : {}
  const used = new WeakSet<Socket>()
  const expectAnswer = new WeakMap<Socket, () => void>()
  const idle = new Set<Socket>()
  /** Of TLS, by host: a connection opened on one costs a fraction. */
  const sessions = new Map<string, Buffer>()
  let open = 0
  let closed = false

  function dialSecure(hostname: string, port: number, rejectUnauthorized: boolean): Socket {
    const key = `${hostname}:${port}:${rejectUnauthorized}`
    const session = sessions.get(key)
    const socket = openSecure({
      host: hostname,
      port,
      lookup,
      ...trust,
      rejectUnauthorized,
      servername: isIP(hostname) === 0 ? hostname : '',
      ALPNProtocols: ['http/1.1'],
      ...(session && { session }),
    })
    socket.on('session', (fresh) => {
      if (sessions.size >= mostSessions) sessions.clear()
      sessions.set(key, fresh)
    })
    // It may be the session that the server did not like.
    socket.once('error', () => sessions.delete(key))
    return socket
  }

  return {
    opener:
      ({ rejectUnauthorized, onDial }) =>
      ({ protocol, hostname, port }, callback) => {
        const isSecure = protocol === 'https:'
        const socket = isSecure
          ? dialSecure(hostname, Number(port) || 443, rejectUnauthorized)
          : openPlain({ host: hostname, port: Number(port) || 80, lookup })
        socket.setNoDelay(true)
        socket.setKeepAlive(true, keepAliveProbeMs)
        open += 1
        socket.once('close', () => {
          open -= 1
          idle.delete(socket)
        })
        const failed = (error: Error) => callback(error, null)
        socket.once('error', failed)
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          socket.off('error', failed)
          callback(null, socket)
        })
        expectAnswer.set(socket, skipContinue(socket))
        onDial(socket)
      },
    take(socket) {
      idle.delete(socket)
      const isReused = used.has(socket)
      used.add(socket)
      expectAnswer.get(socket)?.()
      return isReused
    },
    giveBack(socket) {
      if (!socket.destroyed) idle.add(socket)
    },
    limit(socket) {
      if ((closed || open > mostOpen) && idle.has(socket)) socket.destroy()
    },
    close() {
      closed = true
      for (const socket of idle) socket.destroy()
    },
  }
}
