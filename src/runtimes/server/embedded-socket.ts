import { Duplex } from 'node:stream'
import postgres, { type Sql } from 'postgres'

/** The near end of the only connection to an embedded database. */
export interface EmbeddedSocket {
  readonly client: Sql
  /** To be called with what the database answers, later than what it answers was sent. */
  answered(bytes: Uint8Array): void
  /** To be called when the database has ended, with the reason where nobody has asked for it. */
  ended(reason?: Error): void
}

/**
 * PostgreSQL's own driver on an embedded database, which speaks its protocol: one connection, and a
 * transaction has it for itself. A socket in all but name carries it.
 */
export function connectEmbedded(send: (bytes: Uint8Array<ArrayBuffer>) => void): EmbeddedSocket {
  // A copy: the driver's chunk is part of a larger buffer, which cannot be handed over.
  const socket = createSocket((chunk) => send(new Uint8Array(chunk)))
  const options = {
    max: 1,
    // What the database keeps for the connection, prepared statements above all, it keeps for good.
    max_lifetime: null,
    backoff: () => 0,
    onnotice: () => {},
    username: 'postgres',
    database: 'postgres',
    // The driver connects anew after a failure. It is told in the way that it expects.
    socket: () => (socket.destroyed ? createRefusal() : socket),
  }
  return {
    client: postgres(options),
    answered: (bytes) => {
      socket.push(bytes)
    },
    ended: (reason) => {
      socket.destroy(reason)
    },
  }
}

function createSocket(write: (chunk: Uint8Array) => void) {
  const socket = new Duplex({
    read() {},
    write(chunk: Uint8Array, _encoding, done) {
      write(chunk)
      done()
    },
  })
  // The driver takes leave only of a socket that says that it is open.
  return Object.assign(socket, { readyState: 'open' })
}

function createRefusal() {
  const socket = createSocket(() => {})
  const reason = new Error('The embedded database has ended. Start Tocsin again.')
  setImmediate(() => socket.destroy(reason))
  return socket
}
