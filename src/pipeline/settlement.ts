import { retriesAllowed, retryDelay } from '../rules/retry.ts'
import type { ClaimedDelivery } from '../store/claimed.ts'
import type { Settled } from '../store/settle.ts'
import type { Webhook } from '../store/webhooks.ts'
import type { AttemptReport } from './attempt.ts'
import type { Held } from './consent.ts'
import type { NoEndpoint } from './endpoints.ts'

/** What became of one attempt at a delivery, and what it says about its webhook. */
export interface Outcome {
  readonly claimed: ClaimedDelivery
  readonly settled: Settled
  /** Whether the receiver is to blame: what was refused before a request says nothing about it. */
  readonly failed: boolean
  /** Why the webhook is to be switched off. */
  readonly gone?: string
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
  const { outcome, responseHeaders } = report
  const settled = (
    status: Settled['status'],
    retryInMs: number | null = null,
    error = report.error,
  ): Settled => ({
    id: claimed.id,
    claimId: claimed.claimId,
    status,
    retryInMs,
    body: kept.body,
    shape: kept.shape,
    attempt: claimed.attempt,
    unspent: claimed.probing,
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    requestHeaders: JSON.stringify(report.requestHeaders),
    statusCode: report.statusCode,
    responseHeaders: responseHeaders && JSON.stringify(responseHeaders),
    responseBody: report.responseBody,
    errorClass: report.errorClass,
    error,
  })
  switch (outcome.result) {
    case 'success':
      return { claimed, failed: false, settled: settled('success') }
    case 'refused':
      return { claimed, failed: false, settled: settled('failed') }
    case 'gone': {
      const error = report.error ?? 'The receiver is gone.'
      return {
        claimed,
        failed: false,
        settled: settled('failed', null, error),
        gone: `The receiver wants no more requests: ${error}`,
      }
    }
    case 'retry': {
      const spent = claimed.retriesSpent >= retriesAllowed(webhook.retryPolicy)
      if (webhook.lossy || (spent && !claimed.probing))
        return { claimed, failed: true, settled: settled('dead_letter') }
      const wait = retryDelay(webhook.retryPolicy, claimed.retriesSpent + 1, random)
      const retryInMs = Math.max(wait, outcome.retryAfterMs ?? 0)
      return { claimed, failed: true, settled: settled('retrying', retryInMs) }
    }
  }
}

/** What is not to be sent now: without consent it counts as an attempt, put off it does not. */
export function hold(
  claimed: ClaimedDelivery,
  webhook: Webhook,
  held: Held,
  { random, now }: { readonly random: () => number; readonly now: () => number },
): Outcome {
  if ('denied' in held) {
    const report = {
      outcome: { result: 'retry', errorClass: 'status' },
      startedAt: new Date(now()),
      durationMs: 0,
      requestHeaders: {},
      statusCode: null,
      responseHeaders: null,
      responseBody: null,
      errorClass: 'status',
      error: held.denied,
    } as const
    return settlement(claimed, webhook, unchanged, report, random)
  }
  return putOff(claimed, held.forMs, null)
}

/** What is not to be sent now, whatever the reason: no attempt is counted. */
function putOff(claimed: ClaimedDelivery, forMs: number, error: string | null): Outcome {
  const { settled } = refuse(claimed, '')
  const later = { status: 'retrying', retryInMs: forMs, error } as const
  return { claimed, failed: false, settled: { ...settled, ...later } }
}

/** How long a webhook waits for its secrets before they are looked for again, in milliseconds. */
const lackMs = 20_000

/** What cannot be sent: for good, or until the operator has set the secrets right. */
export function withhold(claimed: ClaimedDelivery, endpoint: NoEndpoint): Outcome {
  return 'lacks' in endpoint
    ? putOff(claimed, lackMs, endpoint.lacks)
    : refuse(claimed, endpoint.reason)
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
      unspent: false,
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
