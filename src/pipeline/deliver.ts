import { findFormat } from '../formats/index.ts'
import type { Tier } from '../plugin/event.ts'
import type { Catalog } from '../rules/catalog.ts'
import { retriesAllowed, retryDelay } from '../rules/retry.ts'
import { allowed } from '../rules/subscription.ts'
import type { Store } from '../store/database.ts'
import type { ClaimedDelivery } from '../store/queue.ts'
import type { Settled } from '../store/settle.ts'
import type { Webhook } from '../store/webhooks.ts'
import { type AttemptOptions, type AttemptReport, attempt } from './attempt.ts'

export interface DeliverOptions extends AttemptOptions {
  readonly store: Store
  readonly catalog: Catalog
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
  const { store, catalog, tier } = options
  if (webhook === undefined) return refuse(claimed, 'The webhook is disabled or deleted.')
  const event = catalog.events.get(claimed.eventType)
  if (event !== undefined && !allowed(event, tier()))
    return refuse(
      claimed,
      `${claimed.eventType} needs the ${event.declaration.tier} tier; the licence in force is ${tier()}.`,
    )
  const { discardAfter = Number.POSITIVE_INFINITY } = webhook
  if (options.now() - claimed.occurredAt.getTime() > discardAfter)
    return refuse(claimed, `It is older than discardAfter, ${discardAfter} ms.`, 'dead_letter')
  const format = findFormat(webhook.format)
  if (format === undefined) return refuse(claimed, `Format "${webhook.format}" is unknown here.`)

  const { id, eventId, eventType, occurredAt, host, port, data } = claimed
  const body =
    claimed.body ??
    format.render({
      id: eventId,
      type: eventType,
      timestamp: occurredAt.getTime(),
      ...(host !== null && port !== null && { instance: { host, port } }),
      data,
    })
  const report = await attempt(
    {
      webhook,
      webhookId: webhook.id,
      deliveryId: id,
      eventType,
      format,
      body,
      secret: await store.vault.open(webhook.sealedSecret),
      previousSecret: await previousSecret(store, webhook, options.now()),
    },
    options,
  )
  return settlement(claimed, webhook, body, report, options.random)
}

async function previousSecret(store: Store, webhook: Webhook, now: number) {
  const { sealedPreviousSecret, previousSecretUntil } = webhook
  if (sealedPreviousSecret === null || (previousSecretUntil?.getTime() ?? 0) <= now)
    return undefined
  return store.vault.open(sealedPreviousSecret)
}

function settlement(
  claimed: ClaimedDelivery,
  webhook: Webhook,
  body: string,
  report: AttemptReport,
  random: () => number,
): Outcome {
  const { outcome, requestHeaders, responseHeaders, ...rest } = report
  const base = {
    id: claimed.id,
    claimId: claimed.claimId,
    attempt: claimed.attempt,
    body,
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
    case 'gone':
      return {
        claimed,
        failed: false,
        settled: { ...base, status: 'failed', error: 'HTTP 410: the receiver wants no more.' },
        gone: 'The receiver answered 410 Gone: it wants no more requests.',
      }
    case 'retry': {
      if (claimed.retriesSpent >= retriesAllowed(webhook.retryPolicy))
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
function refuse(
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
      body: null,
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
