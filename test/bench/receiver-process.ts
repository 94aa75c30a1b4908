import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { machineMs } from './clock.ts'

/**
 * A receiver in a process of its own, as bare as can be: answers 200, and notes which event arrived
 * when. Its last port never answers.
 */
const ports = Number(process.argv[2])
/** A body begins with `{"id":"` and the event's id. */
const idFrom = 7
const idTo = 43

let arrivals: [id: string, at: number][] = []
let awaited = Number.POSITIVE_INFINITY
let bodyBytes = 0

const receive: RequestListener = (request, response) => {
  let id = ''
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    if (bytes === 0) id = chunk.toString('latin1', idFrom, idTo)
    bytes += chunk.length
  })
  request.on('end', () => {
    bodyBytes = bytes
    arrivals.push([id, machineMs()])
    if (arrivals.length === awaited) process.send?.({ arrived: awaited })
    response.end()
  })
}

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('no port')
  return address.port
}

process.on('message', (message: { readonly ask: string; readonly count?: number }) => {
  switch (message.ask) {
    case 'forget':
      arrivals = []
      awaited = Number.POSITIVE_INFINITY
      process.send?.({ forgotten: true })
      return
    case 'await':
      awaited = message.count ?? 0
      if (arrivals.length >= awaited) process.send?.({ arrived: awaited })
      return
    case 'report':
      process.send?.({ arrivals, bodyBytes })
  }
})
process.on('disconnect', () => process.exit(0))

const open = await Promise.all(Array.from({ length: ports }, () => listen(receive)))
process.send?.({ ports: open, silentPort: await listen((request) => request.resume()) })
