import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands before a server and counts what goes over the wire, both ways. */
export interface Tap {
  readonly port: number
  readonly bytes: number
  /** Times that something was asked after an answer: what is asked together is one. */
  readonly roundTrips: number
  close(): void
}

export async function startTap(target: number): Promise<Tap> {
  const sockets = new Set<Socket>()
  let [bytes, roundTrips] = [0, 0]
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true })
    let answered = true
    client.on('data', (data) => {
      bytes += data.length
      if (answered) roundTrips += 1
      answered = false
    })
    upstream.on('data', (data) => {
      bytes += data.length
      answered = true
    })
    client.pipe(upstream)
    upstream.pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    get bytes() {
      return bytes
    },
    get roundTrips() {
      return roundTrips
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
