import type { Catalog, CatalogEvent } from '../rules/catalog.ts'
import type { Formats } from '../rules/formats.ts'
import type { Sender } from '../rules/sender.ts'
import type { SigningKeys } from '../rules/signing-keys.ts'
import type { TestResult, TestTarget } from '../rules/test-send.ts'
import { traceHeaders } from '../rules/trace.ts'
import { newId } from '../store/ids.ts'
import { type AttemptOptions, attempt } from './attempt.ts'
import type { Consents } from './consent.ts'
import { render } from './deliver.ts'
import { setUp } from './endpoints.ts'
import { toFormatEvent } from './outgoing.ts'

/** What a test request says it comes from, where nothing real happened. */
const exampleInstance = {
  name: 'example',
  host: 'valkey.example.com',
  port: 6379,
  labels: {},
}

export interface TestSendOptions extends AttemptOptions {
  readonly catalog: Catalog
  readonly formats: Formats
  readonly sender: Sender
  readonly consents: Consents
  readonly signing?: SigningKeys | undefined
}

/**
 * Sends the declared example of an event, marked `X-Webhook-Test: true`: the same code, signature
 * and target policy as a real delivery, and nothing kept (seed 1, "Test Webhook").
 */
export async function testSend(
  { id = newId(), settings, secrets, trace }: TestTarget,
  { declaration, operational }: CatalogEvent,
  options: TestSendOptions,
): Promise<TestResult> {
  const { catalog, formats, sender, signing, now } = options
  const format = formats.find(settings.format)
  if (format === undefined)
    return { success: false, error: `Format "${settings.format}" is unknown here.`, durationMs: 0 }
  const failed = (error: string): TestResult => ({ success: false, error, durationMs: 0 })
  const endpoint = await setUp({ id, settings, secrets, format, sender, signing })
  if ('reason' in endpoint) return failed(endpoint.reason)
  const event = toFormatEvent(
    {
      eventId: newId(),
      deliveryId: newId(),
      webhookId: id,
      type: declaration.type,
      severity: declaration.severity,
      occurredAt: new Date(now()),
      subject: '',
      ...(!operational && { instance: exampleInstance }),
      data: JSON.stringify(declaration.example),
      test: true,
    },
    catalog,
    sender,
  )
  const made = render(endpoint, () => [event])
  if ('reason' in made) return failed(made.reason)
  const { events, payload } = made
  const held = await options.consents.hold(endpoint)
  if (held !== undefined && 'denied' in held) return failed(held.denied)
  const report = await attempt(
    {
      endpoint,
      events,
      payload,
      extraHeaders: { ...traceHeaders(trace), 'X-Webhook-Test': 'true' },
    },
    options,
  )
  const { statusCode, responseBody, responseHeaders, error, durationMs } = report
  return {
    success: report.outcome.result === 'success',
    ...(statusCode !== null && { statusCode }),
    ...(responseBody !== null && { responseBody }),
    ...(responseHeaders !== null && { responseHeaders }),
    ...(error !== null && { error }),
    durationMs,
    request: { headers: report.requestHeaders, body: endpoint.marks.conceal(payload.body) },
  }
}
