import type { Tier } from '../plugin/event.ts'
import type { Catalog, CatalogEvent } from '../rules/catalog.ts'
import type { Formats } from '../rules/formats.ts'
import type { Family } from '../rules/meter.ts'
import type { Probe } from '../rules/probe.ts'
import type { IdempotencyKey, PublishAnswer, PublishedEvent } from '../rules/publish.ts'
import type { RateLimits } from '../rules/rate-limit.ts'
import type { Replay } from '../rules/replay.ts'
import type { TargetPolicy } from '../rules/target.ts'
import type { TestResult, TestTarget } from '../rules/test-send.ts'
import type { Store } from '../store/database.ts'
import type { Webhook } from '../store/webhooks.ts'
import type { Authorize } from './authorize.ts'

/** How the service fares. */
interface Readiness {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, 'ok' | string>>
}

/** What the API asks of the rest of the service; the pipeline's insides stay behind it. */
export interface Service {
  readonly version: string
  readonly store: Store
  readonly catalog: Catalog
  readonly formats: Formats
  readonly policy: TargetPolicy
  /** The tier of the licence in force. */
  tier(): Tier
  /** The addresses behind a host name; empty where it cannot be resolved, or not quickly. */
  resolve(host: string): Promise<readonly string[]>
  /** `bytes` is how long the request was. */
  publish(
    events: readonly PublishedEvent[],
    key?: IdempotencyKey,
    bytes?: number,
  ): Promise<PublishAnswer>
  /**
   * Whether a request so long would be turned away as others just were: asked before it is read,
   * which takes longer than to turn it away.
   */
  isFull(bytes: number): boolean
  /** Owes a webhook past events again, or only counts them; answers how many. */
  replay(webhook: Webhook, which: Replay): Promise<number>
  /** Sends a test request; nothing of it is kept. */
  test(webhook: TestTarget, event: CatalogEvent): Promise<TestResult>
  probe(url: string): Promise<Probe>
  readonly consents: {
    /** Takes consent that a receiver gives under a key; answers why it is none, undefined where it is. */
    give(
      key: string,
      header: (name: string) => string | undefined,
    ): Promise<'unknown' | { readonly reason: string } | undefined>
  }
  ready(): Promise<Readiness>
  /** What this process has counted; nothing where processes do not last. */
  measured(): readonly Family[]
  /** Whether it may go on working behind an answer; where a call ends with it, not. Default true. */
  readonly lasts?: boolean
  /** Requests a minute and client. Absent: as many as they like. */
  readonly rateLimits?: RateLimits | undefined
  /** Asked before every route but the open ones, which declare `security: []`. */
  readonly authorize: Authorize
  /** What failed here, for those who run the service. Holds no secret. */
  readonly log: { error(message: string, properties?: Record<string, unknown>): void }
  /** There may be deliveries to send. */
  wakeDrain(): void
  /** There may be instances to look at. */
  wakeTick(): void
}
