import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { refuse } from '../rules/refusal.ts'
import { answerClientError } from './server/client-error.ts'
import { forceCloseMs, type Listen, usualPatience } from './server/listen.ts'

/** HTTP on Node. */
export const listen: Listen = (fetch, { port, hostname, patience = usualPatience }) =>
  new Promise((resolve, reject) => {
    const listener = getRequestListener(
      (request, { incoming }) => {
        const address = incoming.socket.remoteAddress
        return fetch(request, address === undefined ? {} : { address })
      },
      {
        // The request and response globals stay Node's own: plugins and tests share this process.
        overrideGlobalObjects: false,
        // For HTTP/1.0, which knows no Host.
        hostname,
        // Only what is no request comes here: whatever else fails is answered by the service.
        errorHandler: () => refuse(400),
      },
    )
    // A client that dawdles over its request holds no connection for long.
    const limits = {
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      connectionsCheckingInterval: patience.headersMs / 5,
      maxHeaderSize: 16_384,
    }
    const server = createServer(limits, listener)
    // Longer than the 60 s of usual load balancers, who else send on connections that are just closing.
    server.keepAliveTimeout = 65_000
    // Longer than a test send may keep a client waiting; whoever does not read holds nothing for longer.
    server.timeout = 150_000
    server.on('clientError', answerClientError)
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      const address = server.address()
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            server.closeIdleConnections()
            setTimeout(() => server.closeAllConnections(), forceCloseMs).unref()
          }),
      })
    })
  })
