import { describeError } from '../rules/describe-error.ts'
import type { ClaimedDelivery } from '../store/claimed.ts'
import type { AttemptReport } from './attempt.ts'
import type { OpenSpan, Tracer } from './tracer.ts'

/** An attempt as a trace shows it: part of what happened first among what it carries. */
export function attemptSpan(
  [first, ...others]: readonly [ClaimedDelivery, ...ClaimedDelivery[]],
  { tracer }: { readonly tracer: Tracer },
): OpenSpan {
  return tracer.start('deliver', {
    kind: 'client',
    parent: first.trace,
    attributes: {
      'tocsin.webhook.id': first.webhookId,
      'tocsin.delivery.id': first.id,
      'tocsin.event.id': first.eventId,
      'tocsin.event.type': first.eventType,
      'tocsin.attempt': first.attempt,
      'tocsin.deliveries': others.length + 1,
    },
  })
}

/** Ends it with what came back, or with why nothing could be asked. */
export async function endAttempt(
  span: OpenSpan,
  attempted: Promise<AttemptReport>,
): Promise<AttemptReport> {
  try {
    const report = await attempted
    const { statusCode, errorClass, error } = report
    span.end({ 'http.response.status_code': statusCode, 'error.type': errorClass }, error)
    return report
  } catch (error) {
    span.end({}, describeError(error))
    throw error
  }
}
