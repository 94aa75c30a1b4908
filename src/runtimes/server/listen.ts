/** Listens for HTTP; the one thing that each server runtime does its own way. */
export type Listen = (
  fetch: (request: Request, client: { address?: string }) => Promise<Response>,
  at: { readonly port: number; readonly hostname: string; readonly patience?: Patience },
) => Promise<Listening>

/** How long a client may take over a request, in milliseconds: over its headers, and over all of it. */
export interface Patience {
  readonly headersMs: number
  readonly requestMs: number
}

export const usualPatience: Patience = { headersMs: 10_000, requestMs: 60_000 }

export interface Listening {
  readonly port: number
  /** Takes no further connection and ends idle ones; resolves when those in use have ended too. */
  close(): Promise<void>
}

/** Connections still in use so long after a close began are cut, in milliseconds. */
export const forceCloseMs = 5000
