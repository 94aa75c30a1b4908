import { serve } from '@hono/node-server'
import { forceCloseMs, type Listen } from './server/listen.ts'

/** HTTP on Node. */
export const listen: Listen = (fetch, { port, hostname }) =>
  new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch: (request, { incoming }) => {
          const address = incoming.socket.remoteAddress
          return fetch(request, address === undefined ? {} : { address })
        },
        port,
        hostname,
        // A client that dawdles over its request holds no connection for long.
        serverOptions: {
          headersTimeout: 10_000,
          requestTimeout: 60_000,
          connectionsCheckingInterval: 2000,
          maxHeaderSize: 16_384,
        },
        // The request and response globals stay Node's own: plugins and tests share this process.
        overrideGlobalObjects: false,
      },
      (info) => {
        server.off('error', reject)
        resolve({
          port: info.port,
          close: () =>
            new Promise((closed) => {
              server.close(() => closed())
              if ('closeIdleConnections' in server) server.closeIdleConnections()
              setTimeout(() => {
                if ('closeAllConnections' in server) server.closeAllConnections()
              }, forceCloseMs).unref()
            }),
        })
      },
    )
    server.once('error', reject)
  })
