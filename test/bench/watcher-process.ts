import { connect } from 'node:net'
import { type DatabasePlace, openPlace } from './databases.ts'
import { createService } from './service.ts'

/**
 * A process that watches servers and tells what that takes: its argument is JSON of {@link Task}.
 * Without a place for a database it only asks each for INFO and reads the answer.
 */
export interface Task {
  readonly place?: DatabasePlace | undefined
  readonly ports: readonly number[]
  readonly everyMs: number
}

const task: Task = JSON.parse(process.argv[2] ?? '{}')
const stop = task.place ? await watch(task.place) : askBarely()
process.on('message', async (message) => {
  if (message === 'stop') {
    await stop()
    process.disconnect?.()
    return
  }
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ cpuMs: (user + system) / 1000, rss, heapUsed })
})
process.once('disconnect', () => process.exit(0))
process.send?.('ready')

async function watch(place: DatabasePlace) {
  const database = await openPlace(place)
  const instances = task.ports.map((port) => ({
    name: `server ${port}`,
    url: `redis://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
  }))
  const service = await createService(database, { instances, pollIntervalMs: task.everyMs })
  service.start()
  return async () => {
    await service.stop()
    await database.close()
  }
}

function askBarely() {
  const sockets = task.ports.map((port) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.on('error', () => socket.destroy())
    socket.on('data', () => {})
    return socket
  })
  let next = 0
  const timer = setInterval(() => {
    for (let count = 0; count < sockets.length / 100; count += 1) {
      sockets[next % sockets.length]?.write('*2\r\n$4\r\nINFO\r\n$3\r\nALL\r\n')
      next += 1
    }
  }, task.everyMs / 100)
  return async () => {
    clearInterval(timer)
    for (const socket of sockets) socket.destroy()
  }
}
