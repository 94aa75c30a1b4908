import { traceHeaders } from '../rules/trace.ts'
import { type ClaimedBatch, storeBatch } from '../store/batches.ts'
import type { ClaimedDelivery } from '../store/claimed.ts'
import type { Webhook } from '../store/webhooks.ts'
import { attempt } from './attempt.ts'
import { attemptSpan, endAttempt } from './attempt-span.ts'
import {
  type DeliverOptions,
  formatEvent,
  noWebhook,
  refusal,
  render,
  watchedOf,
} from './deliver.ts'
import { hold, type Outcome, refuse, settlement, unchanged, withhold } from './settlement.ts'

/** One request with all of a batch, and what it means for each delivery. */
export async function deliverBatch(
  batch: ClaimedBatch,
  webhook: Webhook | undefined,
  options: DeliverOptions,
): Promise<readonly Outcome[]> {
  if (webhook === undefined) return refuseAll(batch.deliveries, noWebhook)
  const refused: Outcome[] = []
  const going: ClaimedDelivery[] = []
  for (const claimed of batch.deliveries) {
    const outcome = refusal(claimed, webhook, options)
    if (outcome === undefined) going.push(claimed)
    else refused.push(outcome)
  }
  return [...refused, ...(await deliverTogether(batch, going, webhook, options))]
}

async function deliverTogether(
  { id, sent }: ClaimedBatch,
  [first, ...others]: readonly ClaimedDelivery[],
  webhook: Webhook,
  options: DeliverOptions,
): Promise<readonly Outcome[]> {
  if (first === undefined) return []
  const going = [first, ...others]
  const endpoint = await options.endpoints.of(webhook)
  if ('reason' in endpoint || 'lacks' in endpoint)
    return going.map((claimed) => withhold(claimed, endpoint))
  const watched = await Promise.all(going.map((claimed) => watchedOf(claimed, options)))
  const made = render(endpoint, () => [
    formatEvent(first, watched[0], options),
    ...others.map((claimed, at) => formatEvent(claimed, watched[at + 1], options)),
  ])
  if ('reason' in made) return refuseAll(going, made.reason)
  const { events, payload } = made
  // Of a batch that has lost one, given up alone, or of a webhook set up anew, the body is another.
  const shape = `${endpoint.shape} ${going.length}`
  const body = sent?.shape === shape ? sent.body : payload.body
  if (sent?.shape !== shape)
    await storeBatch(options.store, { id, webhookId: webhook.id, body, shape })
  const held = await options.consents.hold(endpoint)
  if (held !== undefined) return going.map((claimed) => hold(claimed, webhook, held, options))
  const span = attemptSpan([first, ...others], options)
  const extraHeaders = traceHeaders(span.trace)
  const request = { endpoint, events, payload: { ...payload, body }, extraHeaders }
  const report = await endAttempt(span, attempt(request, options))
  const chance = options.random()
  const outcomes = going.map((claimed) =>
    settlement(claimed, webhook, unchanged, report, () => chance),
  )
  // It was one request: it says so much about the receiver, and no more.
  return outcomes.map((outcome, index) => (index === 0 ? outcome : { ...outcome, failed: false }))
}

function refuseAll(these: readonly ClaimedDelivery[], reason: string): Outcome[] {
  return these.map((claimed) => refuse(claimed, reason))
}
