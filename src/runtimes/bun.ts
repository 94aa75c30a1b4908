import { forceCloseMs, type Listen } from './server/listen.ts'

/** HTTP on Bun. */
export const listen: Listen = async (fetch, at) => {
  const server = Bun.serve({
    ...at,
    // Its 10 s would cut a test send, which may take as long as the webhook's own timeout.
    idleTimeout: 0,
    fetch: (request) => fetch(request, server.requestIP(request) ?? {}),
  })
  return {
    port: server.port,
    close() {
      setTimeout(() => server.stop(true), forceCloseMs).unref()
      return server.stop()
    },
  }
}

/** What is used of Bun. */
declare const Bun: {
  serve(options: {
    readonly port: number
    readonly hostname: string
    readonly idleTimeout: number
    fetch(request: Request): Promise<Response>
  }): {
    readonly port: number
    requestIP(request: Request): { readonly address: string } | null
    stop(closeActiveConnections?: boolean): Promise<void>
  }
}
