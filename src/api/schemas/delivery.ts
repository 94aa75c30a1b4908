import { z } from '@hono/zod-openapi'
import { deliveryStatuses } from '../../store/schema/index.ts'
import { bodyMoment, epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'

export const deliveryStatus = z
  .enum(deliveryStatuses)
  .describe(
    '`pending`: queued; `success`: answered 2xx; `retrying`: failed, tried again; ' +
      '`dead_letter`: all retries spent; `failed`: retrying cannot help.',
  )

const fields = {
  id: opaqueId.describe('Opaque; the same at every attempt.'),
  webhookId: opaqueId.describe('The webhook it is owed to.'),
  eventId: opaqueId.describe('The event it carries.'),
  eventType: z.string().describe('Type of the event.'),
  status: deliveryStatus,
  statusCode: z.int().min(100).max(599).nullable().describe('HTTP status of the last answer.'),
  responseBody: z.string().nullable().describe('Body of the last answer, cut at the limit.'),
  attempts: z.int().min(0).describe('Attempts begun.'),
  durationMs: z.int().min(0).nullable().describe('How long the last attempt took.'),
  nextRetryAt: epochMs('When it is tried again, while that is ahead.').nullable(),
  createdAt: epochMs('When it was queued.'),
  completedAt: epochMs('When it ended, either way.').nullable(),
  error: z.string().nullable().describe('What went wrong last.'),
}
const { example } = {
  example: {
    id: '018d4f9c-2f00-7000-8000-000000000001',
    webhookId: '018d4f9c-2f00-7000-8000-000000000000',
    eventId: '018d4f9c-2f00-7000-8000-000000000002',
    eventType: 'instance.down',
    status: 'success',
    statusCode: 200,
    responseBody: 'OK',
    attempts: 1,
    durationMs: 145,
    nextRetryAt: null,
    createdAt: 1706457600000,
    completedAt: 1706457600145,
    error: null,
  },
} as const

/** One event owed, or given, to one webhook (seed 1, "Get Webhook Deliveries"). */
export const deliverySchema = z
  .object(fields)
  .openapi('Delivery', { description: 'One event owed, or given, to one webhook.', example })

const headers = z.record(z.string(), z.string())
const attempt = z
  .object({
    number: z.int().min(1).describe('From 1.'),
    startedAt: epochMs('When it began.'),
    durationMs: z.int().min(0).describe('How long it took, in milliseconds.'),
    request: z
      .object({
        headers: headers.describe('As sent; values that look secret are redacted.'),
        body: z.string().describe('As sent: the same bytes at every attempt.'),
      })
      .nullable()
      .describe('Null where none could be made.'),
    response: z
      .object({
        statusCode: z.int().min(100).max(599).describe('HTTP status.'),
        headers: headers.describe('As received; values that look secret are redacted.'),
        body: z.string().describe('As received, cut at the limit.'),
      })
      .nullable()
      .describe('Null where no answer came.'),
    errorClass: z.string().nullable().describe('Why it failed: `timeout`, `status`, `dns`...'),
    error: z.string().nullable().describe('Why it failed, for people.'),
  })
  .openapi('Attempt', {
    description: 'One HTTP request to a webhook, and what came of it.',
    example: {
      number: 1,
      startedAt: 1706457600000,
      durationMs: 145,
      request: { headers: { 'content-type': 'application/json' }, body: '{}' },
      response: { statusCode: 200, headers: {}, body: 'OK' },
      errorClass: null,
      error: null,
    },
  })

/** A delivery with every attempt. */
export const deliveryDetailSchema = z
  .object({ ...fields, attemptHistory: z.array(attempt).describe('Every attempt, in order.') })
  .openapi('DeliveryDetail', {
    description: 'A delivery with every attempt.',
    example: { ...example, attemptHistory: [] },
  })

export const queuedSchema = z
  .object({ message: z.literal('Retry queued').describe('What was done.') })
  .openapi('RetryQueued', {
    description: 'The delivery is queued again.',
    example: { message: 'Retry queued' },
  })

/** Which given-up deliveries are retried. */
export const bulkRetrySchema = z
  .strictObject({
    status: z
      .enum(['dead_letter', 'failed'])
      .optional()
      .describe('Only those given up this way. Default: both.'),
    since: bodyMoment('Only those queued at that time or later.').optional(),
    until: bodyMoment('Only those queued at that time or earlier.').optional(),
    statusCode: z
      .int()
      .min(100)
      .max(599)
      .nullable()
      .optional()
      .describe('Only those answered with this status last; null: those that no answer came to.'),
    error: z
      .string()
      .max(10_000)
      .nullable()
      .optional()
      .describe('Only those with this `error`, word for word; null: those with none.'),
    dryRun: z.boolean().optional().describe('Only count them. Default false.'),
  })
  .openapi('BulkRetry', {
    description: 'Which given-up deliveries are retried.',
    example: { status: 'dead_letter', dryRun: true },
  })

export const countSchema = z
  .object({ count: z.int().min(0).describe('Deliveries queued again, or that would be.') })
  .openapi('RetryCount', { description: 'How many deliveries are retried.', example: { count: 3 } })

export const prunedSchema = z
  .object({ pruned: z.int().min(0).describe('Deliveries removed.') })
  .openapi('Pruned', { description: 'How much history was removed.', example: { pruned: 3 } })

export const retryQueueSchema = z
  .object({
    pendingRetries: z.int().min(0).describe('All scheduled retries, not only those due.'),
    nextRetryTime: epochMs('When the next one is due.').nullable(),
  })
  .openapi('RetryQueue', {
    description: 'The retries that are scheduled.',
    example: { pendingRetries: 5, nextRetryTime: 1706457665000 },
  })
