import { z } from '@hono/zod-openapi'
import { severities } from '../../plugin/event.ts'
import { secretReferenceSchema } from '../../rules/secret-reference.ts'
import { epochMs } from './moment.ts'
import { opaqueId } from './opaque-id.ts'
import { example } from './webhook-input.ts'

const retryPolicy = z
  .object({
    maxRetries: z.int().describe('Retries after the first attempt.'),
    initialDelayMs: z.int().describe('Before the first retry.'),
    backoffMultiplier: z.number().describe('From one delay to the next.'),
    maxDelayMs: z.int().describe('The longest delay.'),
    schedule: z.array(z.int()).optional().describe('The delay before each retry, where given.'),
  })
  .openapi('RetryPolicy', { description: 'When a failed delivery is tried again. Milliseconds.' })

/** A webhook as answers show it. */
export const webhookSchema = z
  .object({
    id: opaqueId.describe('Opaque.'),
    name: z.string().describe('What people call it.'),
    url: z.string().describe('Where requests go.'),
    secret: z
      .union([z.string(), secretReferenceSchema()])
      .describe('Redacted; the whole of it is at `/secret`. Or where it is found.'),
    enabled: z.boolean().describe('Whether it is sent anything.'),
    events: z.array(z.string()).describe('Event types.'),
    headers: z
      .record(z.string(), z.string())
      .describe('Headers of its own; values that look secret are redacted.'),
    retryPolicy,
    deliveryConfig: z
      .object({
        timeoutMs: z.int().optional().describe('For a whole request, in milliseconds.'),
        maxResponseBodyBytes: z.int().optional().describe('Kept of an answer.'),
      })
      .optional()
      .describe('How requests are made, as given.'),
    alertConfig: z
      .object({
        hysteresisFactor: z
          .number()
          .optional()
          .describe('An alert clears at its threshold times this.'),
      })
      .optional()
      .describe('When alerts clear, as given.'),
    thresholds: z.record(z.string(), z.int()).optional().describe('Limits of its own, as given.'),
    format: z.string().describe('Payload and headers of one kind of receiver.'),
    formatConfig: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('What the format asks for, where given; secrets redacted.'),
    httpAuth: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('The `Authorization` header, where given; the secret redacted.'),
    eventsPolicy: z.enum(['include', 'exclude']).describe('What `events` means.'),
    level: z.enum(severities).optional().describe('Least severity it hears of, where given.'),
    maxInFlight: z.int().optional().describe('The most requests to it at once, where given.'),
    throttle: z
      .int()
      .optional()
      .describe('Events within so many milliseconds go in one request, where given.'),
    discardAfter: z
      .int()
      .optional()
      .describe('Events older than so many milliseconds are not sent any more, where given.'),
    lossy: z
      .boolean()
      .optional()
      .describe('Whether a delivery that fails is given up at once, where given.'),
    allowInvalidCerts: z
      .boolean()
      .optional()
      .describe('Whether any certificate of it will do, where given.'),
    instances: z
      .union([z.array(z.string()), z.record(z.string(), z.string())])
      .optional()
      .openapi({
        // A union in one schema, which clients read more easily.
        type: ['array', 'object'],
        items: { type: 'string' },
        additionalProperties: { type: 'string' },
        description: 'Which instances it hears of, where given: ids, or labels.',
      }),
    disabledReason: z.string().optional().describe('Why the service itself switched it off.'),
    createdAt: epochMs('When it was made.'),
    updatedAt: epochMs('When it was last changed.'),
  })
  .openapi('Webhook', {
    description: 'An endpoint, and what it hears of.',
    example: {
      id: '018d4f9c-2f00-7000-8000-000000000000',
      ...example,
      secret: 'whsec_abc1***',
      enabled: true,
      headers: {},
      retryPolicy: {
        maxRetries: 3,
        initialDelayMs: 1000,
        backoffMultiplier: 2,
        maxDelayMs: 60_000,
      },
      format: 'betterdb',
      eventsPolicy: 'include',
      createdAt: 1706457600000,
      updatedAt: 1706457600000,
    },
  })

/** A webhook just made: as it is shown, and what would suit its URL better. */
export const newWebhookSchema = webhookSchema
  .extend({
    suggestion: z
      .object({
        format: z.string().describe('A format that suits the URL.'),
        reason: z.string().describe('Why.'),
      })
      .optional()
      .describe('Where the URL is plainly that of a service with a format of its own.'),
  })
  .openapi('NewWebhook', {
    description: 'A webhook just made, and what would suit its URL better.',
  })

/** What a test request brought. */
export const testResultSchema = z
  .object({
    success: z.boolean().describe('Whether it was answered 2xx in time.'),
    statusCode: z
      .int()
      .min(100)
      .max(599)
      .optional()
      .describe('The HTTP status, where an answer came.'),
    responseBody: z.string().optional().describe('The answer, cut at the limit of the webhook.'),
    responseHeaders: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'Those of the answer, where the request was asked for; what looks secret redacted.',
      ),
    error: z.string().optional().describe('What went wrong.'),
    durationMs: z.number().min(0).describe('How long it took, in milliseconds.'),
    request: z
      .object({
        headers: z.record(z.string(), z.string()).describe('Values that look secret redacted.'),
        body: z.string().describe('As sent.'),
      })
      .optional()
      .describe('What was sent, where it was asked for.'),
  })
  .openapi('TestResult', {
    description: 'What a test request brought.',
    example: { success: true, statusCode: 200, responseBody: 'OK', durationMs: 145 },
  })

export const secretSchema = z
  .object({ secret: z.string().describe('The whole signing secret.') })
  .openapi('Secret', {
    description: 'A signing secret, whole.',
    example: { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  })

export const allowedEventsSchema = z
  .object({
    tier: z.string().describe('The tier of the licence in force.'),
    allowedEvents: z.array(z.string()).describe('In tier order.'),
    lockedEvents: z.array(z.string()).describe('In tier order.'),
  })
  .openapi('AllowedEvents', {
    description: 'Event types by what the licence in force includes.',
    example: {
      tier: 'community',
      allowedEvents: ['instance.down', 'instance.up'],
      lockedEvents: ['config.changed'],
    },
  })
