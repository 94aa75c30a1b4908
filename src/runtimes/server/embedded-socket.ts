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
  const socket = new Duplex({
    read() {},
    write(chunk: Uint8Array, _encoding, done) {
      // A copy: the driver's chunk is part of a larger buffer, which cannot be handed over.
      send(new Uint8Array(chunk))
      done()
    },
  })
  // The driver says that it ends only to a socket that is open.
  const open = Object.assign(socket, { readyState: 'open' })
  const options = {
    max: 1,
    // What the database keeps for the connection, prepared statements above all, is kept for good.
    max_lifetime: null,
    onnotice: () => {},
    username: 'postgres',
    database: 'postgres',
    socket() {
      if (socket.destroyed) throw new Error('The embedded database is closed.')
      return open
    },
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
