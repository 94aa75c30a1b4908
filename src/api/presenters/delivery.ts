import { z } from '@hono/zod-openapi'
import { concealMarks } from '../../rules/marks.ts'
import type { Attempt, Delivery, ListedDelivery } from '../../store/deliveries.ts'

/** A delivery as lists show it. */
export function presentDelivery(row: ListedDelivery) {
  return {
    id: row.id,
    webhookId: row.webhookId,
    eventId: row.eventId,
    eventType: row.eventType,
    status: row.status,
    statusCode: row.statusCode,
    responseBody: row.responseBody,
    attempts: row.attempts,
    durationMs: row.durationMs,
    // While it is claimed its due time is the end of a lease, and says nothing about a retry.
    nextRetryAt: row.status === 'retrying' && row.claimId === null ? row.dueAt.getTime() : null,
    createdAt: row.createdAt.getTime(),
    completedAt: row.completedAt?.getTime() ?? null,
    error: row.error,
  }
}

/** A delivery with every attempt. */
export function presentDeliveryDetail({
  attemptsMade,
  ...row
}: Delivery & { readonly attemptsMade: readonly Attempt[] }) {
  return {
    ...presentDelivery(row),
    attemptHistory: attemptsMade.map((attempt) => presentAttempt(attempt, row.body)),
  }
}

function presentAttempt(row: Attempt, sent: string | null) {
  return {
    number: row.number,
    startedAt: row.startedAt.getTime(),
    durationMs: row.durationMs,
    request:
      row.requestHeaders === null
        ? null
        : { headers: readHeaders(row.requestHeaders), body: concealMarks(sent ?? '') },
    response:
      row.statusCode === null
        ? null
        : {
            statusCode: row.statusCode,
            headers: readHeaders(row.responseHeaders),
            body: row.responseBody ?? '',
          },
    errorClass: row.errorClass,
    error: row.error,
  }
}

const stored = z.record(z.string(), z.string())

function readHeaders(text: string | null): Record<string, string> {
  return text === null ? {} : stored.parse(JSON.parse(text))
}
