import { findFormat } from '../formats/index.ts'
import type { CatalogEvent } from '../rules/catalog.ts'
import type { TestResult, TestTarget } from '../rules/test-send.ts'
import { newId } from '../store/ids.ts'
import { type AttemptOptions, attempt } from './attempt.ts'

/** What a test request says it comes from, where nothing real happened. */
const exampleInstance = { host: 'valkey.example.com', port: 6379 }

/**
 * Sends the declared example of an event, marked `X-Webhook-Test: true`: the same code, signature
 * and target policy as a real delivery, and nothing kept (seed 1, "Test Webhook").
 */
export async function testSend(
  { id = newId(), settings, secret }: TestTarget,
  { declaration, operational }: CatalogEvent,
  options: AttemptOptions,
): Promise<TestResult> {
  const format = findFormat(settings.format)
  if (format === undefined)
    return { success: false, error: `Format "${settings.format}" is unknown here.`, durationMs: 0 }
  const report = await attempt(
    {
      webhook: settings,
      webhookId: id,
      deliveryId: newId(),
      eventType: declaration.type,
      format,
      body: format.render({
        id: newId(),
        type: declaration.type,
        timestamp: options.now(),
        ...(!operational && { instance: exampleInstance }),
        data: JSON.stringify(declaration.example),
      }),
      secret,
      extraHeaders: { 'X-Webhook-Test': 'true' },
    },
    options,
  )
  const { statusCode, responseBody, error, durationMs } = report
  return {
    success: report.outcome.result === 'success',
    ...(statusCode !== null && { statusCode }),
    ...(responseBody !== null && { responseBody }),
    ...(error !== null && { error }),
    durationMs,
  }
}
