import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { verify } from '../verify.ts'

/** A request that has arrived, and whether its signature is right. */
export interface Arrival {
  readonly event: string
  readonly message: string
  readonly body: string
  readonly verified: string
  readonly headers: IncomingMessage['headers']
}

/** A receiver as a user would write one: reads the raw body, checks the signature, answers 200. */
export async function startReceiver(secret: string) {
  const arrivals: Arrival[] = []
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString('utf8')
    const checked = await verify({ headers: request.headers, body, secret })
    if (checked.ok) {
      const { event, data } = JSON.parse(body)
      arrivals.push({
        event,
        message: data.message,
        body,
        verified: 'yes',
        headers: request.headers,
      })
    } else {
      arrivals.push({
        event: '?',
        message: '',
        body,
        verified: checked.message,
        headers: request.headers,
      })
    }
    response.writeHead(checked.ok ? 200 : 401).end(checked.ok ? 'OK' : checked.message)
    server.emit('arrival')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  return {
    url: `http://127.0.0.1:${port}/webhooks/demo`,
    arrivals,
    /** Resolves with the arrival of that number, counted from 0; rejects after `timeoutMs`. */
    async arrival(index: number, timeoutMs: number): Promise<Arrival> {
      const deadline = AbortSignal.timeout(timeoutMs)
      for (;;) {
        const arrival = arrivals[index]
        if (arrival !== undefined) return arrival
        await once(server, 'arrival', { signal: deadline })
      }
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
