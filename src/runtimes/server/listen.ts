/** Listens for HTTP; the one thing that each server runtime does its own way. */
export type Listen = (
  fetch: (request: Request, client: { address?: string }) => Promise<Response>,
  at: { readonly port: number; readonly hostname: string },
) => Promise<Listening>

export interface Listening {
  readonly port: number
  /** Takes no further connection and ends idle ones; resolves when those in use have ended too. */
  close(): Promise<void>
}

/** Connections still in use so long after a close began are cut, in milliseconds. */
export const forceCloseMs = 5000
