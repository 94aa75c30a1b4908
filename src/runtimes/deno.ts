import { forceCloseMs, type Listen } from './server/listen.ts'

/** HTTP on Deno. */
export const listen: Listen = async (fetch, at) => {
  const force = new AbortController()
  const server = Deno.serve(
    // Its own greeting would come before ours.
    { ...at, signal: force.signal, onListen() {} },
    (request, { remoteAddr }) => fetch(request, { address: remoteAddr.hostname }),
  )
  return {
    port: server.addr.port,
    close() {
      setTimeout(() => force.abort(), forceCloseMs).unref()
      return server.shutdown()
    },
  }
}

/** What is used of Deno. */
declare const Deno: {
  serve(
    options: {
      readonly port: number
      readonly hostname: string
      readonly signal: AbortSignal
      onListen(): void
    },
    fetch: (
      request: Request,
      from: { readonly remoteAddr: { readonly hostname: string } },
    ) => Promise<Response>,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> }
}
