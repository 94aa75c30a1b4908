import type { Tier } from '../plugin/event.ts'
import type { FormatPayload } from '../plugin/format.ts'
import type { Catalog } from '../rules/catalog.ts'
import { describeError } from '../rules/describe-error.ts'
import type { Endpoint } from '../rules/endpoint.ts'
import type { Sender } from '../rules/sender.ts'
import { allowed } from '../rules/subscription.ts'
import { traceHeaders } from '../rules/trace.ts'
import type { Store } from '../store/database.ts'
import type { ClaimedDelivery } from '../store/queue.ts'
import type { Webhook } from '../store/webhooks.ts'
import { type AttemptOptions, attempt } from './attempt.ts'
import { attemptSpan, endAttempt } from './attempt-span.ts'
import type { Consents } from './consent.ts'
import type { Endpoints } from './endpoints.ts'
import { toFormatEvent } from './outgoing.ts'
import { hold, type Outcome, refuse, settlement, unchanged } from './settlement.ts'

import type { Tracer } from './tracer.ts'

export type { Outcome } from './settlement.ts'

export interface DeliverOptions extends AttemptOptions {
  readonly tracer: Tracer
  readonly store: Store
  readonly catalog: Catalog
  readonly endpoints: Endpoints
  readonly consents: Consents
  readonly sender: Sender
  /** The tier of the licence in force. */
  readonly tier: () => Tier
  /** From 0 up to 1; spreads retries. */
  readonly random: () => number
}

/** One attempt at one delivery, and what it means for the delivery. */
export async function deliver(
  claimed: ClaimedDelivery,
  webhook: Webhook | undefined,
  options: DeliverOptions,
): Promise<Outcome> {
  if (webhook === undefined) return refuse(claimed, noWebhook)
  const refused = refusal(claimed, webhook, options)
  if (refused !== undefined) return refused
  const endpoint = await options.endpoints.of(webhook)
  if ('reason' in endpoint) return refuse(claimed, endpoint.reason)
  const events = [await formatEvent(claimed, options)] as const
  const made = render(endpoint, events)
  if ('reason' in made) return refuse(claimed, made.reason)
  // What was sent once is sent again to the byte, unless the webhook was set up anew meanwhile.
  const stored = (claimed.shape ?? endpoint.shape) === endpoint.shape ? claimed.body : null
  const payload = { ...made, body: stored ?? made.body }
  const held = await options.consents.hold(endpoint)
  if (held !== undefined) return hold(claimed, webhook, held, options)
  const span = attemptSpan([claimed], options)
  const report = await attempt(
    { endpoint, events, payload, extraHeaders: traceHeaders(span.trace) },
    options,
  )
  endAttempt(span, report)
  const kept = stored === null ? { body: payload.body, shape: endpoint.shape } : unchanged
  return settlement(claimed, webhook, kept, report, options.random)
}

/** Why nothing is sent where the webhook is not among those that are enabled. */
export const noWebhook = 'The webhook is disabled or deleted.'

/** What becomes of a delivery that is not to be sent any more; undefined where it is. */
export function refusal(
  claimed: ClaimedDelivery,
  { discardAfter = Number.POSITIVE_INFINITY }: Webhook,
  { catalog, tier, now }: DeliverOptions,
): Outcome | undefined {
  const event = catalog.events.get(claimed.eventType)
  if (event !== undefined && !allowed(event, tier()))
    return refuse(
      claimed,
      `${claimed.eventType} needs the ${event.declaration.tier} tier; the licence in force is ${tier()}.`,
    )
  if (now() - claimed.occurredAt.getTime() > discardAfter)
    return refuse(claimed, `It is older than discardAfter, ${discardAfter} ms.`, 'dead_letter')
  return undefined
}

export async function formatEvent(
  claimed: ClaimedDelivery,
  { catalog, sender, endpoints }: DeliverOptions,
) {
  const { id, eventType, host, port, instanceId } = claimed
  const watched = instanceId === null ? undefined : await endpoints.instance(instanceId)
  const instance = host !== null &&
    port !== null && {
      ...(instanceId !== null && { id: instanceId }),
      name: watched?.name ?? `${host}:${port}`,
      host,
      port,
      labels: watched?.labels ?? {},
    }
  return toFormatEvent(
    { ...claimed, deliveryId: id, type: eventType, ...(instance && { instance }) },
    catalog,
    sender,
  )
}

export function render(
  { format, context }: Endpoint,
  events: Parameters<Endpoint['format']['render']>[0],
): FormatPayload | { readonly reason: string } {
  try {
    return format.render(events, context)
  } catch (error) {
    return { reason: `Format "${format.name}" has failed: ${describeError(error)}` }
  }
}
