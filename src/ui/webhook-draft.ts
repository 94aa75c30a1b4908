import type { presentWebhook } from '../api/presenters/webhook.ts'
import { schedules } from '../rules/schedules.ts'
import type { Fields } from './form.ts'

type Shown = Awaited<ReturnType<typeof presentWebhook>>

/** A webhook as people write it: every field the text in its box. */
export interface WebhookDraft {
  readonly text: Readonly<Record<(typeof texts)[number], string>>
  readonly events: readonly string[]
  readonly enabled: boolean
  readonly lossy: boolean
  readonly allowInvalidCerts: boolean
  readonly thresholds: Readonly<Record<string, string>>
  /** What the format asks for. */
  readonly config: Readonly<Record<string, string>>
}

const texts = [
  'name',
  'url',
  'secret',
  'format',
  'eventsPolicy',
  'level',
  'instances',
  'headers',
  'authType',
  'authUser',
  'authSecret',
  'maxRetries',
  'initialDelayMs',
  'backoffMultiplier',
  'maxDelayMs',
  'schedule',
  'timeoutMs',
  'maxResponseBodyBytes',
  'hysteresisFactor',
  'maxInFlight',
  'throttle',
  'discardAfter',
] as const

const empty = Object.fromEntries(texts.map((name) => [name, ''])) as WebhookDraft['text']

/** What a new webhook begins with; the rest are the server's defaults. */
export const newDraft: WebhookDraft = {
  text: { ...empty, eventsPolicy: 'include' },
  events: [],
  enabled: true,
  lossy: false,
  allowInvalidCerts: false,
  thresholds: {},
  config: {},
}

/** Reads the form. */
export function draftFrom(form: Fields): WebhookDraft {
  const under = (prefix: string) =>
    Object.fromEntries(
      form
        .names()
        .filter((name) => name.startsWith(prefix))
        .map((name) => [name.slice(prefix.length), form.text(name)]),
    )
  return {
    text: Object.fromEntries(texts.map((name) => [name, form.text(name)])) as WebhookDraft['text'],
    events: form.all('events'),
    enabled: form.has('enabled'),
    lossy: form.has('lossy'),
    allowInvalidCerts: form.has('allowInvalidCerts'),
    thresholds: under('threshold.'),
    config: under('config.'),
  }
}

/** Fills the form with what is stored; secrets come redacted, and sent back so they change nothing. */
export function draftOf(shown: Shown): WebhookDraft {
  const { retryPolicy, deliveryConfig, alertConfig, instances, httpAuth } = shown
  const written = (value: unknown) =>
    value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
  const { type, username, password, token } = { ...httpAuth } as Record<string, unknown>
  const { schedule } = retryPolicy
  const named = Object.entries(schedules).find(([, delays]) => String(delays) === String(schedule))
  return {
    text: {
      ...empty,
      name: shown.name,
      url: shown.url,
      format: shown.format,
      eventsPolicy: shown.eventsPolicy,
      level: shown.level ?? '',
      instances: lines(instances),
      headers: Object.entries(shown.headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n'),
      authType: written(type),
      authUser: written(username),
      authSecret: written(password ?? token),
      maxRetries: written(retryPolicy.maxRetries),
      initialDelayMs: written(retryPolicy.initialDelayMs),
      backoffMultiplier: written(retryPolicy.backoffMultiplier),
      maxDelayMs: written(retryPolicy.maxDelayMs),
      schedule: named?.[0] ?? schedule?.join(', ') ?? '',
      timeoutMs: written(deliveryConfig?.timeoutMs),
      maxResponseBodyBytes: written(deliveryConfig?.maxResponseBodyBytes),
      hysteresisFactor: written(alertConfig?.hysteresisFactor),
      maxInFlight: written(shown.maxInFlight),
      throttle: written(shown.throttle),
      discardAfter: written(shown.discardAfter),
    },
    events: shown.events,
    enabled: shown.enabled,
    lossy: shown.lossy === true,
    allowInvalidCerts: shown.allowInvalidCerts === true,
    thresholds: Object.fromEntries(
      Object.entries(shown.thresholds ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    config: Object.fromEntries(
      Object.entries(shown.formatConfig ?? {}).map(([key, value]) => [key, written(value)]),
    ),
  }
}

function lines(instances: Shown['instances']): string {
  if (instances === undefined) return ''
  return Array.isArray(instances)
    ? instances.join('\n')
    : Object.entries(instances)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n')
}
