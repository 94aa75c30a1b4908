import type { Tier } from '../plugin/event.ts'
import type { CatalogEvent } from './catalog.ts'
import { clearsAt, defaultHysteresisFactor, effectiveThreshold } from './evaluate.ts'
import type { Missing } from './lacks.ts'
import type { Origin } from './reach.ts'
import { inScope } from './reach.ts'
import { allowed, subscribes } from './subscription.ts'
import type { WebhookSettings } from './webhook.ts'

/** Everything that decides whether one webhook is told of one event on one instance. */
export interface Gates {
  readonly event: CatalogEvent
  readonly tier: Tier
  readonly webhook: WebhookSettings & { readonly disabledReason: string | null }
  /** Absent where no instance was named. */
  readonly instance?:
    | (Origin & {
        readonly name: string
        readonly enabled: boolean
        readonly state: string
        readonly lastError: string | null
      })
    | undefined
  /** What went wrong with the plugin at its last look. */
  readonly pluginError: string | null
  readonly missing: readonly Missing[]
  /** Undefined where none was kept. */
  readonly reading: number | undefined
  /** Since when the alert stands, and the threshold it fired at. */
  readonly standing?: { readonly since: Date; readonly threshold: number } | undefined
  /** How its receiver fares; absent where nothing has failed. */
  readonly failing?: { readonly failures: number; readonly heldBack: boolean } | undefined
}

/** One thing that was asked on the way, and whether it let the event through. */
export interface Gate {
  readonly question: string
  readonly verdict: 'yes' | 'no' | 'unknown'
  readonly reason: string
}

/** Goes the way of an event, gate by gate. The first `no` is why nobody was told. */
export function explain(input: Gates): Gate[] {
  return [...seen(input), ...wanted(input), ...crossed(input), ...received(input)]
}

/** The gate that kept an event back; undefined where none does. */
export function heldBack(steps: readonly Gate[]): Gate | undefined {
  return steps.find(({ verdict }) => verdict === 'no')
}

function step(question: string, ok: boolean, yes: string, no: string): Gate {
  return { question, verdict: ok ? 'yes' : 'no', reason: ok ? yes : no }
}

function seen({ event, instance, pluginError, missing }: Gates): Gate[] {
  if (event.operational || instance === undefined) return []
  const lost = missing.filter(({ events }) => events.includes(event.declaration.type))
  return [
    step('Is the instance watched?', instance.enabled, 'Yes.', 'No: it is paused.'),
    {
      question: 'Does the server answer?',
      verdict: instance.state === 'unknown' ? 'unknown' : 'yes',
      reason:
        instance.state === 'up'
          ? 'Yes.'
          : instance.state === 'unknown'
            ? 'It has not been looked at yet.'
            : `No (${instance.lastError ?? 'silence'}): only its absence can be told until it does.`,
    },
    step(
      `Does the plugin ${event.plugin} see it?`,
      pluginError === null && lost.length === 0,
      'Its last look went well.',
      pluginError ??
        lost.map(({ name, without, fix }) => `${name}: ${without} ${fix ?? ''}`).join(' '),
    ),
  ]
}

function wanted({ event, tier, webhook, instance }: Gates): Gate[] {
  const { type, tier: needed, severity } = event.declaration
  const anywhere = { ...webhook, enabled: true, instances: undefined }
  const listed = subscribes({ ...anywhere, level: undefined }, event, {})
  return [
    step(
      'Does the licence include it?',
      allowed(event, tier),
      `Yes: ${tier}.`,
      `No: it needs ${needed}, and ${tier} is in force.`,
    ),
    step(
      'Is the webhook enabled?',
      webhook.enabled,
      'Yes.',
      webhook.disabledReason === null ? 'No: it is paused.' : `No: ${webhook.disabledReason}`,
    ),
    step(
      'Does it subscribe to this event?',
      listed,
      'Yes.',
      webhook.eventsPolicy === 'include'
        ? `No: ${type} is not among its events.`
        : 'No: it is left out.',
    ),
    step(
      'Is it severe enough?',
      subscribes({ ...anywhere, events: [type], eventsPolicy: 'include' }, event, {}),
      `Yes: ${severity}.`,
      `No: it is ${severity}, and the webhook wants ${webhook.level} and above.`,
    ),
    ...(instance === undefined
      ? []
      : [
          step(
            'Is the instance in its scope?',
            inScope(webhook.instances, instance),
            'Yes.',
            `No: it wants only ${JSON.stringify(webhook.instances)}.`,
          ),
        ]),
  ]
}

function crossed({ event, webhook, reading, standing }: Gates): Gate[] {
  const { threshold } = event.declaration
  if (threshold === undefined)
    return [
      {
        question: 'Is there a threshold?',
        verdict: 'yes',
        reason: 'No: it fires each time it happens.',
      },
    ]
  const { direction, unit = '' } = threshold
  const limit = effectiveThreshold(event.declaration, webhook.thresholds ?? {}, {})
  const factor = webhook.alertConfig?.hysteresisFactor ?? defaultHysteresisFactor
  const question = 'Was its threshold crossed?'
  if (standing !== undefined) {
    const clear = clearsAt(standing.threshold, factor, direction)
    return [
      {
        question,
        verdict: 'yes',
        reason: `It fired at ${standing.threshold} ${unit}, once, and stands until the value is ${direction === 'below' ? 'above' : 'below'} ${clear} ${unit}: nothing more is sent until then.`,
      },
    ]
  }
  const automatic = (webhook.thresholds?.[threshold.key] ?? threshold.default) === 0
  if (reading === undefined)
    return [{ question, verdict: 'unknown', reason: 'No reading of the last hour is kept.' }]
  if (limit === undefined || (automatic && threshold.auto !== undefined))
    return [
      {
        question,
        verdict: 'unknown',
        reason: `It was last ${reading} ${unit}; the limit is the baseline that is learned, and comes with each reading.`,
      },
    ]
  const reached = direction === 'below' ? reading <= limit : reading >= limit
  return [
    step(
      question,
      reached,
      `The last reading, ${reading} ${unit}, has reached ${limit} ${unit}: it fires at the next look.`,
      `No: the last reading is ${reading} ${unit}, and it fires at ${limit} ${unit}.`,
    ),
  ]
}

function received({ webhook, failing }: Gates): Gate[] {
  if (failing === undefined || !webhook.enabled) return []
  const times = `${failing.failures} failures in a row`
  return [
    step(
      'Is it sent at once?',
      !failing.heldBack,
      `Yes, although its receiver fails: ${times}.`,
      `No: ${times}. What it is owed waits until one request gets through.`,
    ),
  ]
}
