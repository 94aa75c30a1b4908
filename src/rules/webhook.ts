import type { Severity } from '../plugin/event.ts'
import type { RetryPolicy } from './retry.ts'

/** Which instances a webhook hears of: ids, or labels that must all match. */
type InstanceScope = readonly string[] | Readonly<Record<string, string>>

/** What a user may set on a webhook, complete. Absent parts mean their documented default. */
export interface WebhookSettings {
  readonly name: string
  readonly url: string
  readonly enabled: boolean
  readonly events: readonly string[]
  /** `include`: hears of `events`; `exclude`: of everything else its tier allows. */
  readonly eventsPolicy: 'include' | 'exclude'
  /** Least severity it hears of. */
  readonly level?: Severity | undefined
  readonly instances?: InstanceScope | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly retryPolicy: RetryPolicy
  readonly deliveryConfig?: DeliveryConfig | undefined
  readonly alertConfig?: AlertConfig | undefined
  readonly thresholds?: Readonly<Record<string, number>> | undefined
  readonly format: string
  /** What the format asks for, but its secrets. */
  readonly formatConfig?: Readonly<Record<string, unknown>> | undefined
  /** Who sends, in every request; its secret is kept apart. */
  readonly httpAuth?: HttpAuth | undefined
  /** The most requests to it at once. Default 16. */
  readonly maxInFlight?: number | undefined
  /** How long the first event of a batch waits for others, in milliseconds. Default: no batches. */
  readonly throttle?: number | undefined
  /** Events older than so many milliseconds are not sent any more. Default: all are. */
  readonly discardAfter?: number | undefined
  /** A delivery that fails is given up at once (seed 5). Default: it is tried again. */
  readonly lossy?: boolean | undefined
  /** Whether any certificate of the receiver will do. Default: it must be valid. */
  readonly allowInvalidCerts?: boolean | undefined
}

/** HTTP authentication (seed 5, `httpAuth`). */
type HttpAuth = { readonly type: 'Basic'; readonly username: string } | { readonly type: 'Bearer' }

/**
 * The secrets of a webhook beside the one it signs with: `url` where the whole URL is one, `httpAuth`,
 * those of its format, `formatConfig.routingKey` for instance, and of headers, `headers.x-api-key`.
 */
export type WebhookSecrets = Readonly<Record<string, string>>

/** The secrets of a webhook, opened. */
export interface OpenedSecrets {
  /** What it signs with, the newest first: two while a rotation lasts. */
  readonly signing: readonly string[]
  readonly values: WebhookSecrets
}

/** Where a secret of a format is found among {@link WebhookSecrets}. */
export const formatSecret = (key: string): string => `formatConfig.${key}`

/** Where the secret value of a header of its own is found among {@link WebhookSecrets}. */
export const headerSecret = (name: string): string => `headers.${name.toLowerCase()}`

/** How requests are made (seed 1, "Delivery Configuration"). */
interface DeliveryConfig {
  readonly timeoutMs?: number | undefined
  readonly maxResponseBodyBytes?: number | undefined
}

/** When alerts clear (seed 1, "Alert Configuration"). */
interface AlertConfig {
  readonly hysteresisFactor?: number | undefined
}

/** Seed 1: 30 s for the whole exchange, the body included; 10000 bytes of the answer are kept. */
export const defaultDelivery = { timeoutMs: 30_000, maxResponseBodyBytes: 10_000 } as const
