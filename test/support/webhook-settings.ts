import { defaultRetryPolicy } from '../../src/rules/retry.ts'
import type { WebhookSettings } from '../../src/rules/webhook.ts'

export type SomeSettings = Partial<WebhookSettings> & Pick<WebhookSettings, 'url' | 'events'>

/** What is stored of a webhook, with defaults for what a test does not care about. */
export function webhookSettings(settings: SomeSettings): WebhookSettings {
  return {
    name: 'test',
    enabled: true,
    eventsPolicy: 'include',
    headers: {},
    retryPolicy: defaultRetryPolicy,
    format: 'betterdb',
    ...settings,
  }
}
