import type { Tier } from '../plugin/event.ts'
import type { CatalogEvent } from './catalog.ts'
import { defaultHysteresisFactor, effectiveThreshold, evaluate } from './evaluate.ts'
import type { Hearing } from './hearing.ts'
import { alertResolved } from './operational.ts'
import type { Origin } from './reach.ts'
import { allowed } from './subscription.ts'
import type { WebhookSettings } from './webhook.ts'

/** Which past events a webhook is to get again. */
export interface Replay {
  readonly since: Date
  /** Default: now. */
  readonly until?: Date | undefined
  /** Default: all it hears of. */
  readonly events?: readonly string[] | undefined
  readonly dryRun: boolean
  /** The request that asks for it. */
  readonly by?: string | undefined
}

/** A stored event that fired, as far as a replay asks. */
export interface FiredEvent extends Origin {
  readonly event: CatalogEvent
  readonly subject: string
  readonly data: Record<string, unknown>
  readonly occurredAt: Date
  /** Whether it was owed to the webhook before. */
  readonly wasTold: boolean
  /** Whether it still is. */
  readonly isOwed: boolean
}

type Replayed = WebhookSettings & { readonly id: string }

/**
 * Whether a webhook gets a past event: one it hears of now, is not owed already, and that is not too
 * old for it. One with a threshold only where it was told of it then, or the reading reaches its own
 * limit; the end of an alert only where it was its own; news of itself never.
 */
export function replays(
  webhook: Replayed,
  fired: FiredEvent,
  { tier, now, hearing }: { readonly tier: Tier; readonly now: number; readonly hearing: Hearing },
): boolean {
  const { event, wasTold, isOwed, occurredAt, subject } = fired
  const { discardAfter = Number.POSITIVE_INFINITY } = webhook
  if (isOwed || now - occurredAt.getTime() > discardAfter) return false
  if (!allowed(event, tier)) return false
  if (event.declaration.type === alertResolved.type)
    return wasTold && hearing.hearsResolved(webhook)
  if (!hearing.hearsFrom(webhook, event, fired)) return false
  if (wasTold) return true
  if (event.operational) return subject !== webhook.id
  return event.declaration.threshold === undefined || reaches(webhook, fired)
}

/** The limit that a webhook holds such a reading against; undefined for an event without any. */
export function replayLimit(
  { thresholds = {} }: Pick<WebhookSettings, 'thresholds'>,
  { event, data }: Pick<FiredEvent, 'event' | 'data'>,
): number | undefined {
  return effectiveThreshold(event.declaration, thresholds, data)
}

function reaches(webhook: Replayed, fired: FiredEvent): boolean {
  const { threshold } = fired.event.declaration
  if (threshold === undefined) return true
  const verdict = evaluate({
    value: threshold.value(fired.data),
    threshold: replayLimit(webhook, fired) ?? Number.NaN,
    hysteresisFactor: defaultHysteresisFactor,
    direction: threshold.direction ?? 'above',
    standing: false,
  })
  return verdict === 'fire'
}
