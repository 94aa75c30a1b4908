import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { machineMs } from './clock.ts'

/**
 * Many addresses of one real server, each a port that relays to it, and as many dead ones: half are
 * closed, half take a connection and never answer. Notes when each is asked.
 */
const [target = 0, live = 0, dead = 0] = process.argv.slice(2).map(Number)
const asked = new Map<number, number[]>()

const relay = createServer({ noDelay: true }, (client) => {
  const server = connect({ host: '127.0.0.1', port: target, noDelay: true })
  const port = client.localPort ?? 0
  client.on('data', (bytes) => {
    // What is asked in a look of ours, and of the bare one, begins with either.
    if (/PING|INFO/i.test(bytes.toString('latin1'))) asked.get(port)?.push(machineMs())
  })
  client.pipe(server)
  server.pipe(client)
  client.on('error', () => server.destroy())
  server.on('error', () => client.destroy())
})
const silent = createServer((client) => {
  client.on('error', () => client.destroy())
  client.resume()
})

/** One more port of the same kind. */
async function listen(kind: Server): Promise<number> {
  const own = createServer({ noDelay: true }, (client) => kind.emit('connection', client))
  own.listen(0, '127.0.0.1')
  await once(own, 'listening')
  return (own.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const times = <T>(count: number, make: () => Promise<T>) =>
  Promise.all(Array.from({ length: Math.floor(count) }, make))

const livePorts = await times(live, () => listen(relay))
const silentPorts = await times(dead / 2, () => listen(silent))
const closedPorts = await times(dead - Math.floor(dead / 2), closedPort)
for (const port of livePorts) asked.set(port, [])
process.on('message', (message) => {
  if (message === 'forget') for (const times of asked.values()) times.length = 0
  process.send?.({ times: [...asked.values()] })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ live: livePorts, dead: [...silentPorts, ...closedPorts] })
