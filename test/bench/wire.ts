import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and PostgreSQL and counts the statements that go over the wire. */
export interface Wire {
  /** What reaches `url` through here. */
  readonly url: string
  readonly statements: number
  close(): Promise<void>
}

export async function startWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let statements = 0

  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true })
    client.setNoDelay(true)
    const count = createCounter()
    client.on('data', (bytes: Buffer) => {
      statements += count(bytes)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.once('close', () => sockets.delete(one))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const through = new URL(url)
  const address = server.address()
  if (typeof address === 'object' && address !== null) through.port = String(address.port)

  return {
    url: through.href,
    get statements() {
      return statements
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const execute = 'E'.charCodeAt(0)
const query = 'Q'.charCodeAt(0)

/**
 * Counts the messages that run a statement: Execute and Query. A message is its type (one byte) and
 * its length (four, itself included); the first of a connection has no type (PostgreSQL manual,
 * "Message Formats").
 */
function createCounter(): (bytes: Buffer) => number {
  let rest: Buffer = Buffer.alloc(0)
  let isStarted = false
  return (bytes) => {
    let found = 0
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
    for (;;) {
      const head = isStarted ? 1 : 0
      if (rest.length < head + 4) return found
      const length = head + rest.readInt32BE(head)
      if (rest.length < length) return found
      if (isStarted && (rest[0] === execute || rest[0] === query)) found += 1
      isStarted = true
      rest = rest.subarray(length)
    }
  }
}
