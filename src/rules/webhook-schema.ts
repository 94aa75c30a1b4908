import { z } from 'zod'
import { severities } from '../plugin/event.ts'
import type { Catalog } from './catalog.ts'
import { httpAuthSchema } from './http-auth.ts'
import { looksRedacted } from './secret.ts'
import { secretReferenceSchema } from './secret-reference.ts'
import { secretInOurWords } from './seed-secret.ts'
import { checkAddress, checkTarget, type TargetPolicy } from './target.ts'
import { storable } from './text.ts'
import {
  alertConfigSchema,
  allowInvalidCertsSchema,
  deliveryConfigSchema,
  discardAfterSchema,
  headersSchema,
  instancesSchema,
  maxInFlightSchema,
  retryPolicySchema,
  thresholdsSchema,
  throttleSchema,
} from './webhook-parts.ts'

/** Gives a part of a schema a name of its own. */
type Named = <Schema extends z.ZodType>(name: string, schema: Schema) => Schema

/** What the settings of a webhook depend on. */
export interface WebhookSchemaOptions {
  readonly catalog: Catalog
  readonly policy: TargetPolicy
  /** Names of the formats, the default first. */
  readonly formats: readonly [string, ...string[]]
  /** The addresses behind a host name; empty where it cannot be resolved. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  /** Gives a part a name of its own in the API's document. */
  readonly named?: Named
}

/** What a user may send as a new webhook, completed with the defaults. */
export type WebhookInput = z.output<ReturnType<typeof webhookSchemas>['create']>
/** What a user may send as a change: only the fields given. */
export type WebhookPatch = z.output<ReturnType<typeof webhookSchemas>['update']>

/**
 * Settings of a webhook as users send them (seed 1, "Per-Webhook Configuration"). Each field is
 * judged by itself, so that one fault never hides another. To be parsed asynchronously: the host
 * of `url` is resolved.
 */
export function webhookSchemas(options: WebhookSchemaOptions) {
  const { formats, named = (_, schema) => schema } = options
  const enabled = z.boolean().describe('Whether it is sent anything.')
  const format = z.enum(formats).describe('Payload and headers of one kind of receiver.')
  const formatConfig = z.record(z.string(), z.unknown()).describe('What the format asks for.')
  const eventsPolicy = z
    .enum(['include', 'exclude'])
    .describe('`include`: it hears of `events`; `exclude`: of everything else its tier allows.')
  const name = storable(z.string().trim().min(1).max(255)).describe('What people call it.')
  const headers = headersSchema()
  const retryPolicy = named('RetryPolicyInput', retryPolicySchema())
  const common = { url: urlSchema(options), events: eventsSchema(options) }
  const whole = partsOf(options, named)
  // Unnamed: a name stands for the part alone, not for the part or null.
  const part = partsOf(options, (_, schema) => schema)
  const sent = storable(z.string().min(1).max(512))
  const reference = secretReferenceSchema()

  const create = z.strictObject({
    name,
    ...common,
    secret: z
      .preprocess(
        secretInOurWords,
        z
          .union([sent.refine((value) => !looksRedacted(value), redactedSecret), reference])
          .optional(),
      )
      .optional()
      .describe('Signs every request. Default: a generated one.'),
    enabled: enabled.default(true),
    headers: headers.default({}),
    retryPolicy: retryPolicy.prefault({}),
    format: format.default(formats[0]),
    formatConfig: named('FormatConfig', formatConfig).optional(),
    eventsPolicy: eventsPolicy.default('include'),
    httpAuth: whole.httpAuth.optional(),
    deliveryConfig: whole.deliveryConfig.optional(),
    alertConfig: whole.alertConfig.optional(),
    thresholds: whole.thresholds.optional(),
    level: whole.level.optional(),
    instances: whole.instances.optional(),
    maxInFlight: whole.maxInFlight.optional(),
    throttle: whole.throttle.optional(),
    discardAfter: whole.discardAfter.optional(),
    lossy: whole.lossy.optional(),
    allowInvalidCerts: whole.allowInvalidCerts.optional(),
  })

  const readOnly = z.unknown().optional().describe('Read-only: ignored.').meta({ readOnly: true })
  const update = z.strictObject({
    name: name.optional(),
    url: common.url.optional(),
    events: common.events.optional(),
    secret: z
      .preprocess(secretInOurWords, z.union([sent, reference]).optional())
      .optional()
      .describe('Replaces the secret. Its redacted form, sent back, changes nothing.'),
    enabled: enabled.optional(),
    headers: headers.optional(),
    retryPolicy: retryPolicy.optional(),
    format: format.optional(),
    formatConfig: formatConfig.nullable().optional(),
    eventsPolicy: eventsPolicy.optional(),
    httpAuth: part.httpAuth.nullable().optional(),
    deliveryConfig: part.deliveryConfig.nullable().optional(),
    alertConfig: part.alertConfig.nullable().optional(),
    thresholds: part.thresholds.nullable().optional(),
    level: part.level.nullable().optional(),
    instances: part.instances.nullable().optional(),
    maxInFlight: part.maxInFlight.nullable().optional(),
    throttle: part.throttle.nullable().optional(),
    discardAfter: part.discardAfter.nullable().optional(),
    lossy: part.lossy.nullable().optional(),
    allowInvalidCerts: part.allowInvalidCerts.nullable().optional(),
    id: readOnly,
    disabledReason: readOnly,
    suggestion: readOnly,
    createdAt: readOnly,
    updatedAt: readOnly,
  })
  return { create, update }
}

/** The settings that may be absent. */
function partsOf({ catalog, policy }: WebhookSchemaOptions, named: Named) {
  return {
    deliveryConfig: named('DeliveryConfig', deliveryConfigSchema()),
    alertConfig: named('AlertConfig', alertConfigSchema()),
    thresholds: named('Thresholds', thresholdsSchema(catalog)),
    level: z.enum(severities).describe('Least severity it hears of. Default: all.'),
    instances: instancesSchema(),
    maxInFlight: maxInFlightSchema(),
    throttle: throttleSchema(),
    discardAfter: discardAfterSchema(),
    lossy: z.boolean().describe('A delivery that fails is given up at once. Default false.'),
    allowInvalidCerts: allowInvalidCertsSchema(policy),
    httpAuth: named('HttpAuth', httpAuthSchema()),
  }
}

/** Why a value that ends like a redacted secret is refused. */
export const redactedSecret =
  'It ends in ***, as redacted secrets do; send the whole secret, or leave it out'

function urlSchema({ policy, resolve }: WebhookSchemaOptions) {
  return storable(z.string().trim().min(1).max(2048))
    .superRefine(async (url, context) => {
      const target = checkTarget(url, policy)
      const reason = target.ok ? await addressFault(target.url, policy, resolve) : target.reason
      if (reason !== undefined) context.addIssue(reason)
    })
    .describe('Where requests go: https, and a public address unless the operator allows more.')
}

/** Why the addresses behind a name are refused, naming the first of them; a literal is judged already. */
async function addressFault(
  { hostname }: URL,
  policy: TargetPolicy,
  resolve: WebhookSchemaOptions['resolve'],
): Promise<string | undefined> {
  if (hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) return undefined
  for (const address of await resolve(hostname)) {
    const verdict = checkAddress(address, policy)
    if (!verdict.ok) return `${hostname} resolves to ${address}: ${verdict.reason}`
  }
  return undefined
}

function eventsSchema({ catalog }: WebhookSchemaOptions) {
  const type = z.enum([...catalog.events.keys()], {
    error: ({ input }) =>
      typeof input === 'string'
        ? `${JSON.stringify(input.slice(0, 100))} is no event type here; GET /api/event-types lists them`
        : undefined,
  })
  return z
    .array(type)
    .min(1, 'Choose at least one event type')
    .max(1000)
    .transform((types) => [...new Set(types)])
    .describe('Event types. Repeated ones count once.')
}
