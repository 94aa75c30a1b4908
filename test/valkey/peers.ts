import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** A TCP server on 127.0.0.1 that does what the test says with each connection. */
export interface Peer {
  readonly port: number
  readonly url: string
  /** Connections it has had. */
  readonly accepted: () => number
  close(): Promise<void>
}

export async function startPeer(onConnection: (socket: Socket) => void = () => {}): Promise<Peer> {
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer((socket) => {
    accepted += 1
    sockets.add(socket)
    // What the other side does to a socket is its affair.
    socket.on('error', () => {})
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('listening without a port')
  return {
    port: address.port,
    url: `redis://127.0.0.1:${address.port}`,
    accepted: () => accepted,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
