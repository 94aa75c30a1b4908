import { sql } from 'drizzle-orm'
import { deliveries, events } from './schema/index.ts'

/** A delivery claimed for one attempt, with the event it carries. */
export interface ClaimedDelivery {
  readonly id: string
  readonly claimId: string
  readonly webhookId: string
  readonly eventId: string
  readonly eventType: string
  readonly severity: string
  readonly instanceId: string | null
  readonly host: string | null
  readonly port: number | null
  readonly subject: string
  readonly occurredAt: Date
  readonly data: string
  /** The trace of its event, where that was published in one. */
  readonly trace: string | null
  /** The body as first sent; null before that. */
  readonly body: string | null
  /** The format and settings that made it. */
  readonly shape: string | null
  /** This attempt's number, from 1. */
  readonly attempt: number
  /** Whether the webhook's last attempt has failed. */
  readonly ailing: boolean
  /** Whether it goes out to see if a receiver that failed for long is back: that spends no retry. */
  readonly probing: boolean
  /** Retries of the present budget already spent, this attempt included. */
  readonly retriesSpent: number
}

/** What a claim answers of a delivery and its event. */
export const claimedColumns = {
  id: deliveries.id,
  webhookId: deliveries.webhookId,
  eventId: deliveries.eventId,
  eventType: deliveries.eventType,
  severity: events.severity,
  instanceId: events.instanceId,
  host: events.host,
  port: events.port,
  subject: events.subject,
  occurredAt: events.occurredAt,
  data: events.data,
  trace: events.trace,
  ownData: deliveries.data,
  body: deliveries.body,
  shape: deliveries.shape,
  attempt: deliveries.attempts,
  attemptsBefore: deliveries.attemptsBefore,
  /** Null where the webhook is well. */
  isDeferred: sql<boolean | null>`(
    select h.deferred_until is not null from webhook_health h
    where h.webhook_id = ${deliveries.webhookId})`,
}

type ClaimedRow = Omit<ClaimedDelivery, 'claimId' | 'retriesSpent' | 'ailing' | 'probing'> & {
  readonly isDeferred: boolean | null
  readonly ownData: string | null
  readonly attemptsBefore: number
}

/** Field by field: there are many, and copying an object with all it has takes several times as long. */
export function toClaimed(row: ClaimedRow, claimId: string): ClaimedDelivery {
  return {
    id: row.id,
    claimId,
    webhookId: row.webhookId,
    eventId: row.eventId,
    eventType: row.eventType,
    severity: row.severity,
    instanceId: row.instanceId,
    host: row.host,
    port: row.port,
    subject: row.subject,
    occurredAt: row.occurredAt,
    data: row.ownData ?? row.data,
    trace: row.trace,
    body: row.body,
    shape: row.shape,
    attempt: row.attempt,
    ailing: row.isDeferred !== null,
    probing: row.isDeferred === true,
    retriesSpent: row.attempt - row.attemptsBefore - 1,
  }
}
