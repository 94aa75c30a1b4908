import type { Format } from '../formats/format.ts'
import { redactHeaders } from '../rules/headers.ts'
import { type ErrorClass, judge, type Outcome } from '../rules/outcome.ts'
import { parseRetryAfter } from '../rules/retry-after.ts'
import { checkTarget, type TargetPolicy } from '../rules/target.ts'
import { type Transport, TransportError, type TransportResponse } from '../rules/transport.ts'
import { defaultDelivery, type WebhookSettings } from '../rules/webhook.ts'

/** What a request needs beside its body. */
export interface AttemptOptions {
  readonly transport: Transport
  readonly policy: TargetPolicy
  readonly now: () => number
}

/** One request to one webhook. */
export interface AttemptRequest {
  readonly webhook: Pick<WebhookSettings, 'url' | 'headers' | 'deliveryConfig'>
  readonly webhookId: string
  readonly deliveryId: string
  readonly eventType: string
  readonly format: Format
  readonly body: string
  readonly secret: string
  readonly previousSecret?: string | undefined
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

/** Signs, sends, reads the answer up to its cap, all within the webhook's timeout. Never rejects. */
export async function attempt(
  request: AttemptRequest,
  { transport, policy, now }: AttemptOptions,
): Promise<AttemptReport> {
  const { webhook, format, body } = request
  const timeoutMs = webhook.deliveryConfig?.timeoutMs ?? defaultDelivery.timeoutMs
  const mostBytes =
    webhook.deliveryConfig?.maxResponseBodyBytes ?? defaultDelivery.maxResponseBodyBytes
  const startedAt = now()
  const signed = await format.headers({ ...request, timestamp: startedAt })
  const headers = { ...webhook.headers, ...signed, ...request.extraHeaders }
  const report = {
    startedAt: new Date(startedAt),
    requestHeaders: redactHeaders(headers),
    statusCode: null,
    responseHeaders: null,
    responseBody: null,
  }

  const target = checkTarget(webhook.url, policy)
  if (!target.ok)
    return { ...report, ...failure(new TransportError('blocked', target.reason)), durationMs: 0 }
  const signal = AbortSignal.timeout(timeoutMs)
  let answered: Partial<AttemptReport> = {}
  try {
    const response = await transport(webhook.url, {
      method: 'POST',
      headers,
      body,
      signal,
      redirect: 'manual',
    })
    const responseHeaders = headersOf(response)
    answered = { statusCode: response.status, responseHeaders }
    const responseBody = await readBody(response, mostBytes)
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), now())
    const outcome = judge({
      status: response.status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
    return {
      ...report,
      outcome,
      statusCode: response.status,
      responseHeaders,
      responseBody,
      durationMs: now() - startedAt,
      errorClass: outcome.result === 'success' ? null : outcome.errorClass,
      error: outcome.result === 'success' ? null : statusError(response),
    }
  } catch (error) {
    return {
      ...report,
      ...answered,
      ...failure(error, answered.statusCode),
      durationMs: now() - startedAt,
    }
  }
}

/** What a missing or broken answer means; the status counts where it still came. */
function failure(error: unknown, status?: number | null) {
  const { errorClass, message } =
    error instanceof TransportError
      ? error
      : new TransportError('network', error instanceof Error ? error.message : String(error))
  const outcome = judge({ errorClass, ...(status != null && { status }) })
  return { outcome, errorClass, error: message }
}

function statusError({ status, headers }: TransportResponse): string {
  const location = headers.get('location')
  return status >= 300 && status < 400 && location !== null
    ? `HTTP ${status}: redirects are not followed; set the webhook's url to where it points.`
    : `HTTP ${status}`
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
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  // A character cut in two at the cap is left out rather than shown as a replacement character.
  return new TextDecoder().decode(bytes, { stream: length >= most })
}

function headersOf({ headers }: TransportResponse): Record<string, string> {
  const plain: Record<string, string> = {}
  headers.forEach?.((value, name) => {
    plain[name] = value
  })
  return redactHeaders(plain)
}
