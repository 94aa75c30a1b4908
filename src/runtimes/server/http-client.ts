import type { LookupFunction } from 'node:net'
import type { TransportRequest, TransportResponse } from '../../rules/transport.ts'
import type { Exchange } from './exchange.ts'

/** Makes single exchanges, over connections that it keeps. */
export interface HttpClient {
  /**
   * Resolves with the head of the answer; ends when the exchange's signal fires. A request whose
   * reused connection turns out dead before any byte of an answer is sent once more, on a fresh one.
   */
  exchange(exchange: Exchange, init: TransportRequest): Promise<TransportResponse>
  /** Ends idle connections, and keeps none from now on. Exchanges under way go on. */
  close(): void
}

export interface HttpClientOptions {
  readonly lookup: LookupFunction
  /** Certificates, as PEM, trusted in place of the runtime's own. */
  readonly ca?: readonly string[] | undefined
}

export type CreateHttpClient = (options: HttpClientOptions) => HttpClient

/** Requests at once, in all and per host. */
export const atOnce = { total: 1024, perKey: 64 }

/** Connections open in all, beyond which none is kept idle. */
export const mostOpen = 512

/** How long a connection is kept idle, in milliseconds, unless the server announces less. */
export const idleMs = 15_000
