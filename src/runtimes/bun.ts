import { forceCloseMs, type Listen, usualPatience } from './server/listen.ts'

/** HTTP on Bun. */
export const listen: Listen = async (fetch, { patience = usualPatience, ...at }) => {
  const server = Bun.serve({
    ...at,
    // Whoever sends nothing, or headers by the drop, holds no connection for long.
    idleTimeout: Math.ceil(patience.headersMs / 1000),
    async fetch(request) {
      // A test send may take as long as the webhook's own timeout.
      server.timeout(request, 0)
      const response = await fetch(request, server.requestIP(request) ?? {})
      // Longer than a stream of ours is ever silent.
      server.timeout(request, 60)
      return response
    },
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
    timeout(request: Request, seconds: number): void
    requestIP(request: Request): { readonly address: string } | null
    stop(closeActiveConnections?: boolean): Promise<void>
  }
}
