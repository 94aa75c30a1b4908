import { joined } from '../plugin/bytes.ts'
import type { FormatAnswer, FormatPayload } from '../plugin/format.ts'
import type { FormatEvents } from '../plugin/format-event.ts'
import { deadline } from '../rules/deadline.ts'
import type { Endpoint } from '../rules/endpoint.ts'
import { formatRequest } from '../rules/format-request.ts'
import { redactHeaders } from '../rules/headers.ts'
import { type ErrorClass, judge, type Outcome } from '../rules/outcome.ts'
import { parseRetryAfter } from '../rules/retry-after.ts'
import { statusError } from '../rules/status-error.ts'
import { checkTarget, type TargetPolicy } from '../rules/target.ts'
import { type Transport, TransportError, type TransportResponse } from '../rules/transport.ts'
import { defaultDelivery } from '../rules/webhook.ts'
import { newId } from '../store/ids.ts'

/** What a request needs beside its body. */
export interface AttemptOptions {
  readonly transport: Transport
  readonly policy: TargetPolicy
  readonly now: () => number
}

/** One request to one webhook. */
export interface AttemptRequest {
  readonly endpoint: Endpoint
  readonly events: FormatEvents
  readonly payload: FormatPayload
  /** Beside the webhook's own and the format's. */
  readonly extraHeaders?: Readonly<Record<string, string>>
}

/** What was sent, what came back, and what follows. */
export interface AttemptReport {
  readonly outcome: Outcome
  readonly startedAt: Date
  readonly durationMs: number
  /** As sent, secrets redacted. */
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly statusCode: number | null
  readonly responseHeaders: Readonly<Record<string, string>> | null
  readonly responseBody: string | null
  readonly errorClass: ErrorClass | null
  readonly error: string | null
}

/** Signs, sends, reads the answer up to its cap, all within the webhook's timeout. */
export async function attempt(
  { endpoint, events, payload, extraHeaders }: AttemptRequest,
  { transport, policy, now }: AttemptOptions,
): Promise<AttemptReport> {
  const { settings, format, marks } = endpoint
  const { timeoutMs, maxResponseBodyBytes } = settings.deliveryConfig ?? defaultDelivery
  const startedAt = now()
  const { url, headers, body } = await formatRequest(endpoint, {
    events,
    payload,
    timestamp: startedAt,
    attemptId: newId(),
    extraHeaders,
  })
  const requestHeaders = redactHeaders(headers, marks.conceal)
  let statusCode: number | null = null
  let responseHeaders: AttemptReport['responseHeaders'] = null
  const failed = (error: unknown, durationMs: number): AttemptReport => ({
    ...failure(error, statusCode),
    startedAt: new Date(startedAt),
    durationMs,
    requestHeaders,
    statusCode,
    responseHeaders,
    responseBody: null,
  })

  const target = checkTarget(url, policy)
  if (!target.ok) return failed(new TransportError('blocked', target.reason), 0)
  const signal = deadline(timeoutMs ?? defaultDelivery.timeoutMs)
  try {
    const response = await transport(url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
      allowInvalidCerts: settings.allowInvalidCerts,
    })
    statusCode = response.status
    responseHeaders = redactHeaders(headersOf(response), marks.conceal)
    const text = await readBody(
      response,
      maxResponseBodyBytes ?? defaultDelivery.maxResponseBodyBytes,
    )
    const verdict = format.judge?.(answerOf(response, text))
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now())
    const outcome = judge({ status: response.status, retryAfterMs, verdict })
    const reason = verdict !== undefined && 'reason' in verdict ? verdict.reason : undefined
    const well = outcome.result === 'success'
    const location = response.headers.get('location')
    return {
      outcome,
      startedAt: new Date(startedAt),
      durationMs: now() - startedAt,
      requestHeaders,
      statusCode,
      responseHeaders,
      responseBody: marks.conceal(text),
      errorClass: well ? null : outcome.errorClass,
      error: well ? null : marks.conceal(statusError(statusCode, reason, location !== null)),
    }
  } catch (error) {
    return failed(error, now() - startedAt)
  } finally {
    signal.end()
  }
}

/** What a missing or broken answer means; the status counts where it still came. */
function failure(error: unknown, status: number | null) {
  const { errorClass, message } =
    error instanceof TransportError
      ? error
      : new TransportError('network', error instanceof Error ? error.message : String(error))
  const outcome = judge({ errorClass, ...(status !== null && { status }) })
  return { outcome, errorClass, error: message }
}

function answerOf({ status, headers }: TransportResponse, body: string): FormatAnswer {
  return { status, body, header: (name) => headers.get(name) ?? undefined }
}

/** At most `most` bytes of the answer as text: bytes, not characters (seed 1). */
async function readBody({ body }: TransportResponse, most: number): Promise<string> {
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, most - length))
    length += Math.min(chunk.length, most - length)
    if (length >= most) break
  }
  if (length === 0) return ''
  // A character cut in two at the cap is left out rather than shown as a replacement character.
  return new TextDecoder().decode(joined(chunks), { stream: length >= most })
}

function headersOf({ headers }: TransportResponse): Record<string, string> {
  const all: Record<string, string> = {}
  headers.forEach?.((value, name) => {
    all[name] = value
  })
  return all
}
