import type { Format } from '../plugin/format.ts'
import { batchingOf } from '../rules/batching.ts'
import { subscribes } from '../rules/subscription.ts'
import type { WebhookSettings } from '../rules/webhook.ts'
import type { Webhook } from '../store/webhooks.ts'
import type { Fault } from './problem.ts'
import type { Service } from './service.ts'

/** What a webhook asks of its format that it cannot do. */
export function formatFaults(
  { catalog }: Service,
  format: Format,
  settings: WebhookSettings,
): Fault[] {
  const faults: Fault[] = []
  const config = { ...settings.formatConfig }
  for (const [type, event] of catalog.events) {
    if (!subscribes({ ...settings, enabled: true, instances: undefined }, event, {})) continue
    const { severity, tier } = event.declaration
    const reason = format.expresses?.({ type, severity, tier }, config)
    if (reason === undefined) continue
    const listed = settings.eventsPolicy === 'include' ? settings.events.indexOf(type) : -1
    faults.push({
      pointer: listed < 0 ? '/events' : `/events/${listed}`,
      message: `${format.title} cannot express ${type}: ${reason}`,
    })
  }
  return faults
}

/**
 * The `throttle` of a webhook: what was sent (undefined: nothing, null: none), else what it was
 * `before`, else what is usual in its format. A fault where the format carries one event a request.
 */
export function throttleFor(
  format: Format,
  formatConfig: WebhookSettings['formatConfig'],
  sent: number | null | undefined,
  before: Webhook | undefined,
): number | Fault | undefined {
  const batching = batchingOf(format, formatConfig)
  if ('reason' in batching)
    return typeof sent === 'number'
      ? { pointer: '/throttle', message: `${batching.reason}; leave throttle out` }
      : undefined
  if (sent !== undefined) return sent ?? undefined
  return before?.format === format.name ? before.throttle : (before?.throttle ?? batching.usualMs)
}
