import type { CatalogEvent } from './catalog.ts'

/** An event somebody publishes over HTTP, its data parsed by the declared schema. */
export interface PublishedEvent {
  readonly event: CatalogEvent
  readonly data: Record<string, unknown>
  readonly subject: string
  /** The id of an instance under watch, or an address; absent, the event belongs to none. */
  /** The trace of the request, as `readTrace` has read it. */
  readonly trace?: string | undefined
  readonly instance?: string | { readonly host: string; readonly port: number } | undefined
}

/** What became of published events, in their order. */
interface Published {
  readonly accepted: number
  readonly events: readonly { readonly id: string; readonly deliveries: number }[]
}

/** An `Idempotency-Key` and the digest of the request it came with. */
export interface IdempotencyKey {
  readonly key: string
  readonly fingerprint: string
}

/** The answer to publishing: done (now, or before under the same key), or refused. */
export type PublishAnswer =
  | { readonly ok: true; readonly published: Published }
  | { readonly ok: false; readonly reason: 'unknown_instance'; readonly index: number }
  | { readonly ok: false; readonly reason: 'key_reused' }
  | { readonly ok: false; readonly reason: 'busy' }
