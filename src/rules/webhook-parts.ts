import { z } from 'zod'
import type { Threshold } from '../plugin/event.ts'
import type { Catalog } from './catalog.ts'
import { defaultHysteresisFactor } from './evaluate.ts'
import { headerFault, headersFault } from './headers.ts'
import { defaultRetryPolicy } from './retry.ts'
import { schedules } from './schedules.ts'
import type { TargetPolicy } from './target.ts'
import { storable } from './text.ts'
import { defaultDelivery } from './webhook.ts'

/** Headers of a webhook's own: each judged by itself, then all together. */
export function headersSchema() {
  return z
    .record(z.string(), z.string())
    .superRefine(
      (headers, context) => {
        for (const [name, value] of Object.entries(headers)) {
          const fault = headerFault(name, typeof value === 'string' ? value : '')
          if (fault !== undefined)
            context.addIssue({ code: 'custom', path: [name], message: fault })
        }
      },
      // Also beside values of a wrong type, which would otherwise hide these faults.
      { when: ({ value }) => typeof value === 'object' && value !== null },
    )
    .superRefine((headers, context) => {
      const fault = headersFault(headers)
      if (fault !== undefined) context.addIssue(fault)
    })
    .describe('Headers of its own, sent with every request.')
}

/** Seed 1, "Custom Retry Policy"; `schedule` is seed 3's. Completed with the defaults. */
export function retryPolicySchema() {
  const { maxRetries, initialDelayMs, backoffMultiplier, maxDelayMs } = defaultRetryPolicy
  return z
    .strictObject({
      maxRetries: z
        .int()
        .min(0)
        .max(20)
        .default(maxRetries)
        .describe('Retries after the first attempt.'),
      initialDelayMs: z
        .int()
        .min(100)
        .max(3_600_000)
        .default(initialDelayMs)
        .describe('Before the first retry.'),
      backoffMultiplier: z
        .number()
        .min(1)
        .max(10)
        .default(backoffMultiplier)
        .describe('From one delay to the next.'),
      maxDelayMs: z
        .int()
        .min(100)
        .max(86_400_000)
        .default(maxDelayMs)
        .describe('The longest delay.'),
      schedule: z
        .preprocess(
          (sent) => Object.entries(schedules).find(([name]) => name === sent)?.[1] ?? sent,
          z
            .array(z.int().min(100).max(604_800_000), {
              error: `Send delays in milliseconds, or the name of a schedule: ${Object.keys(schedules).join(', ')}`,
            })
            .min(1)
            .max(20),
        )
        .optional()
        .describe(
          'The delay before each retry in milliseconds, or the name of a schedule, in place of the four numbers.',
        ),
    })
    .describe('When a failed delivery is tried again. What is left out has its default.')
}

/** Seed 1, "Delivery Configuration". */
export function deliveryConfigSchema() {
  const { timeoutMs, maxResponseBodyBytes } = defaultDelivery
  return z
    .strictObject({
      timeoutMs: z
        .int()
        .min(1000)
        .max(120_000)
        .optional()
        .describe(`For a whole request. Default ${timeoutMs}.`),
      maxResponseBodyBytes: z
        .int()
        .min(1000)
        .max(100_000)
        .optional()
        .describe(`Kept of an answer. Default ${maxResponseBodyBytes}.`),
    })
    .describe('How requests are made.')
}

/** Seed 1, "Alert Configuration". */
export function alertConfigSchema() {
  return z
    .strictObject({
      hysteresisFactor: z
        .number()
        .min(0.5)
        .max(0.99)
        .optional()
        .describe(
          `An alert clears at its threshold times this. Default ${defaultHysteresisFactor}.`,
        ),
    })
    .describe('When alerts clear.')
}

/** Seed 1, "Custom Thresholds": the keys and ranges that the plugins declare. */
export function thresholdsSchema(catalog: Catalog) {
  const limit = ({ default: usual, min = 0, max, unit, auto }: Threshold<never>, type: string) => {
    const atLeast = z.int().min(min)
    const counted = unit === undefined ? '' : ` in ${unit}`
    const automatic = auto === undefined ? '' : '; 0 is the automatic baseline'
    return (max === undefined ? atLeast : atLeast.max(max))
      .optional()
      .describe(`Limit of ${type}${counted}. Default ${usual}${automatic}.`)
  }
  return z
    .strictObject(
      Object.fromEntries(
        [...catalog.thresholds].flatMap(([key, { threshold, type }]) =>
          threshold === undefined ? [] : [[key, limit(threshold, type)]],
        ),
      ),
    )
    .describe('Limits of its own for events with a threshold.')
}

/** Which instances a webhook hears of. */
export function instancesSchema() {
  const label = storable(z.string().min(1).max(255))
  const ids = z.array(label).min(1).max(1000)
  const selector = z
    .record(label, storable(z.string().max(255)))
    .refine((labels) => Object.keys(labels).length > 0, 'Name a label, or leave instances out')
  return z
    .union([ids, selector], { error: 'Send a list of instance ids, or an object of labels' })
    .describe('Which instances it hears of: ids, or labels that must all match. Default: all.')
}

/** The most requests to one webhook at once. */
export const maxInFlightSchema = () =>
  z.int().min(1).max(256).describe('The most requests to it at once. Default 16.')

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A time span: milliseconds, or a number with its unit such as `30s`, `5m`, `2h`, `1d`. */
const spanSchema = () =>
  z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'Write milliseconds, or a number with its unit: 30s, 5m, 2h')
      .transform((span) => {
        const [, amount, unit = ''] = /^(\d+)(\D+)$/.exec(span) ?? []
        return Number(amount) * (unitMs[unit] ?? Number.NaN)
      }),
  ])

/** Seed 5, `discardAfter`. */
export const discardAfterSchema = () =>
  spanSchema()
    .refine((ms) => ms >= 1000 && ms <= 2_592_000_000, 'It must be from 1 s to 30 days')
    .describe('Older events are not sent any more, in milliseconds. Default: as the format says.')

/** Seed 5, `throttle`. */
export const throttleSchema = () =>
  spanSchema()
    .refine((ms) => ms >= 0 && ms <= 3_600_000, 'It must be from 0 to 1 hour')
    .describe(
      'Events within so many milliseconds go in one request, of which one is under way at a time; ' +
        'for formats that carry several. Default: what the format says, or each event by itself.',
    )

/** Whether any certificate will do; refused where requests are not ours to make that way. */
export const allowInvalidCertsSchema = ({ validCertsOnly }: TargetPolicy) =>
  z
    .boolean()
    .refine((allowed) => !allowed || validCertsOnly === undefined, validCertsOnly)
    .describe(
      'Whether its certificate may be expired, self-signed or for another name: for tests within ' +
        'your own network. Default: it must be valid.',
    )
