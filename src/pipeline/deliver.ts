import type { Tier } from '../plugin/event.ts'
import type { FormatPayload } from '../plugin/format.ts'
import type { FormatEvent, FormatEvents, FormatInstance } from '../plugin/format-event.ts'
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
import type { Endpoints, InstanceFacts } from './endpoints.ts'
import { toFormatEvent } from './outgoing.ts'
import { hold, type Outcome, refuse, settlement, unchanged, withhold } from './settlement.ts'
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
  if ('reason' in endpoint || 'lacks' in endpoint) return withhold(claimed, endpoint)
  const watched = await watchedOf(claimed, options)
  const made = render(endpoint, () => [formatEvent(claimed, watched, options)])
  if ('reason' in made) return refuse(claimed, made.reason)
  const { events } = made
  // What was sent once is sent again to the byte, unless the webhook was set up anew meanwhile.
  const stored = (claimed.shape ?? endpoint.shape) === endpoint.shape ? claimed.body : null
  const payload = stored === null ? made.payload : { ...made.payload, body: stored }
  const held = endpoint.format.consent && (await options.consents.hold(endpoint))
  if (held !== undefined) return hold(claimed, webhook, held, options)
  const span = attemptSpan([claimed], options)
  const request = { endpoint, events, payload, extraHeaders: traceHeaders(span.trace) }
  const report = await endAttempt(span, attempt(request, options))
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

/** What is known of the instance it is about, where that is under watch. */
export async function watchedOf(
  { instanceId }: ClaimedDelivery,
  { endpoints }: DeliverOptions,
): Promise<InstanceFacts | undefined> {
  return instanceId === null ? undefined : endpoints.instance(instanceId)
}

export function formatEvent(
  claimed: ClaimedDelivery,
  watched: InstanceFacts | undefined,
  { catalog, sender }: DeliverOptions,
): FormatEvent {
  return toFormatEvent(
    {
      eventId: claimed.eventId,
      deliveryId: claimed.id,
      webhookId: claimed.webhookId,
      type: claimed.eventType,
      severity: claimed.severity,
      occurredAt: claimed.occurredAt,
      subject: claimed.subject,
      instance: instanceOf(claimed, watched),
      data: claimed.data,
    },
    catalog,
    sender,
  )
}

function instanceOf(
  { host, port, instanceId }: ClaimedDelivery,
  watched: InstanceFacts | undefined,
): FormatInstance | undefined {
  if (host === null || port === null) return undefined
  const name = watched?.name ?? `${host}:${port}`
  const facts = { name, host, port, labels: watched?.labels ?? {} }
  return instanceId === null ? facts : { id: instanceId, ...facts }
}

/** The events a request carries, and its body; or why they cannot be had. */
export function render(
  { format, context }: Endpoint,
  make: () => FormatEvents,
):
  | { readonly events: FormatEvents; readonly payload: FormatPayload }
  | { readonly reason: string } {
  try {
    const events = make()
    return { events, payload: format.render(events, context) }
  } catch (error) {
    return { reason: `Format "${format.name}" has failed: ${describeError(error)}` }
  }
}
