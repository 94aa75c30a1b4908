import type { presentWebhook } from '../../api/presenters/webhook.ts'
import type { Catalog } from '../../rules/catalog.ts'
import { clearsAt, defaultHysteresisFactor } from '../../rules/evaluate.ts'
import { amount } from '../gauge.ts'
import { RetryPlan } from './retry-plan.tsx'

/** What a webhook is set to. */
export function WebhookFacts({
  shown,
  catalog,
}: {
  shown: Awaited<ReturnType<typeof presentWebhook>>
  catalog: Catalog
}) {
  const factor = shown.alertConfig?.hysteresisFactor ?? defaultHysteresisFactor
  const limits = shown.events.flatMap((type) => {
    const threshold = catalog.events.get(type)?.declaration.threshold
    if (threshold === undefined) return []
    const limit = shown.thresholds?.[threshold.key] ?? threshold.default
    const { unit = '', direction } = threshold
    if (limit === 0) return [`${type}: by its baseline`]
    const clear = clearsAt(limit, factor, direction)
    return [`${type}: fires at ${amount(limit, unit)}, clears at ${amount(clear, unit)}`]
  })
  const others = {
    Format: shown.format,
    Severity: shown.level === undefined ? undefined : `${shown.level} and above`,
    Instances: shown.instances === undefined ? 'all' : JSON.stringify(shown.instances),
    Headers: Object.keys(shown.headers).join(', ') || undefined,
    Authorization: shown.httpAuth === undefined ? undefined : String(shown.httpAuth.type),
    Timeout: shown.deliveryConfig?.timeoutMs && `${shown.deliveryConfig.timeoutMs} ms`,
  }
  return (
    <section class="card stack" aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      <dl class="facts">
        <dt>{shown.eventsPolicy === 'include' ? 'Events' : 'All events but'}</dt>
        <dd>{shown.events.join(', ')}</dd>
        {limits.length > 0 && (
          <>
            <dt>Thresholds</dt>
            <dd>
              {limits.map((line) => (
                <span class="block">{line}</span>
              ))}
            </dd>
          </>
        )}
        {Object.entries(others).map(
          ([name, value]) =>
            value !== undefined && (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ),
        )}
      </dl>
      <RetryPlan policy={shown.retryPolicy} />
    </section>
  )
}
