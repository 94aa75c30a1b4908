import type { Signal } from './deadline.ts'
import type { ErrorClass } from './outcome.ts'

/** One request, shaped as `fetch` takes it. */
export interface TransportRequest {
  readonly method: 'POST' | 'OPTIONS'
  readonly headers: Record<string, string>
  readonly body: string
  /** Ends the exchange at any point: connecting, waiting for the answer, reading its body. */
  readonly signal: Signal
  readonly redirect: 'manual'
  /** Accepts any certificate. Servers only; `fetch` ignores it. Default false. */
  readonly allowInvalidCerts?: boolean | undefined
}

/** One answer, of which `fetch`'s `Response` is one. */
export interface TransportResponse {
  readonly status: number
  readonly headers: {
    get(name: string): string | null
    forEach?(visit: (value: string, name: string) => void): void
  }
  /** Read it or leave the loop early: until then, or until the signal fires, it holds a connection. */
  readonly body: AsyncIterable<Uint8Array> | null
}

/** Sends one request; rejects with a {@link TransportError}, or with the signal's own reason. */
export type Transport = (url: string, init: TransportRequest) => Promise<TransportResponse>

/** No answer, or not all of it. `message` is fit to be shown: no path, query, header or secret. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly errorClass: ErrorClass

  constructor(errorClass: ErrorClass, message: string) {
    super(message)
    this.errorClass = errorClass
  }
}
