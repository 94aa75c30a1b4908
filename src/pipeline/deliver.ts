import type { Tier } from '../plugin/event.ts'
import type { FormatPayload } from '../plugin/format.ts'
import type { Catalog } from '../rules/catalog.ts'
import { describeError } from '../rules/describe-error.ts'
import type { Endpoint } from '../rules/endpoint.ts'
import { retriesAllowed, retryDelay } from '../rules/retry.ts'
import type { Sender } from '../rules/sender.ts'
import { allowed } from '../rules/subscription.ts'
import type { Store } from '../store/database.ts'
import type { ClaimedDelivery } from '../store/queue.ts'
import type { Settled } from '../store/settle.ts'
import type { Webhook } from '../store/webhooks.ts'
import { type AttemptOptions, type AttemptReport, attempt } from './attempt.ts'
import type { Endpoints } from './endpoints.ts'
import { toFormatEvent } from './outgoing.ts'

export interface DeliverOptions extends AttemptOptions {
  readonly store: Store
  readonly catalog: Catalog
  readonly endpoints: Endpoints
  readonly sender: Sender
  /** The tier of the licence in force. */
  readonly tier: () => Tier
  /** From 0 up to 1; spreads retries. */
  readonly random: () => number
}

/** What became of one attempt at a delivery, and what it says about its webhook. */
export interface Outcome {
  readonly claimed: ClaimedDelivery
  readonly settled: Settled
  /** Whether the receiver is to blame: what was refused before a request says nothing about it. */
  readonly failed: boolean
  /** Why the webhook is to be switched off. */
  readonly gone?: string
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
  const report = await attempt({ endpoint, events, payload }, options)
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

/** The body is the one that is stored. */
export const unchanged = { body: null, shape: null }

/** What an attempt means for one delivery that was in it. */
export function settlement(
  claimed: ClaimedDelivery,
  webhook: Webhook,
  kept: Pick<Settled, 'body' | 'shape'>,
  report: AttemptReport,
  random: () => number,
): Outcome {
  const { outcome, requestHeaders, responseHeaders, ...rest } = report
  const base = {
    id: claimed.id,
    claimId: claimed.claimId,
    attempt: claimed.attempt,
    ...kept,
    ...rest,
    requestHeaders: JSON.stringify(requestHeaders),
    responseHeaders: responseHeaders && JSON.stringify(responseHeaders),
    retryInMs: null,
  }
  switch (outcome.result) {
    case 'success':
      return { claimed, failed: false, settled: { ...base, status: 'success' } }
    case 'refused':
      return { claimed, failed: false, settled: { ...base, status: 'failed' } }
    case 'gone': {
      const error = rest.error ?? 'The receiver is gone.'
      return {
        claimed,
        failed: false,
        settled: { ...base, status: 'failed', error },
        gone: `The receiver wants no more requests: ${error}`,
      }
    }
    case 'retry': {
      if (webhook.lossy || claimed.retriesSpent >= retriesAllowed(webhook.retryPolicy))
        return { claimed, failed: true, settled: { ...base, status: 'dead_letter' } }
      const wait = retryDelay(webhook.retryPolicy, claimed.retriesSpent + 1, random)
      return {
        claimed,
        failed: true,
        settled: {
          ...base,
          status: 'retrying',
          retryInMs: Math.max(wait, outcome.retryAfterMs ?? 0),
        },
      }
    }
  }
}

/** Gives up without a request: none was made, so none is counted. */
export function refuse(
  claimed: ClaimedDelivery,
  error: string,
  status: 'failed' | 'dead_letter' = 'failed',
): Outcome {
  return {
    claimed,
    failed: false,
    settled: {
      id: claimed.id,
      claimId: claimed.claimId,
      status,
      attempt: claimed.attempt - 1,
      retryInMs: null,
      ...unchanged,
      startedAt: null,
      durationMs: 0,
      requestHeaders: null,
      statusCode: null,
      responseHeaders: null,
      responseBody: null,
      errorClass: null,
      error,
    },
  }
}
