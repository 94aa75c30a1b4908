import type { Catalog } from '../../rules/catalog.ts'
import { clearsAt, defaultHysteresisFactor } from '../../rules/evaluate.ts'
import type { Alert } from '../../store/alerts.ts'
import type { Told } from '../../store/told.ts'
import type { WebhookName } from '../../store/webhook-names.ts'
import { amount } from '../gauge.ts'
import { Table } from './pieces.tsx'
import { Pill, StatusPill } from './pill.tsx'
import { Time } from './time.tsx'

/** Alerts that stand: since when, how far, and who was told. */
export function AlertTable({
  alerts,
  catalog,
  webhooks,
  instances,
  told,
}: {
  alerts: readonly Alert[]
  catalog: Catalog
  webhooks: ReadonlyMap<string, WebhookName>
  /** Names by id. */
  instances: ReadonlyMap<string, string>
  told: ReadonlyMap<string, Told>
}) {
  const columns = ['Alert', 'Instance', 'Value', 'Fired at', 'Since', 'Notified', 'Trace']
  return (
    <Table label="Standing alerts" columns={columns}>
      {alerts.map((alert) => {
        const { eventType, instance, subject, webhookId, value, peak, threshold, since } = alert
        const declared = catalog.events.get(eventType)?.declaration.threshold
        const unit = declared?.unit ?? ''
        const factor = webhooks.get(webhookId)?.hysteresisFactor ?? defaultHysteresisFactor
        const clear = clearsAt(threshold, factor, declared?.direction)
        const query = new URLSearchParams({
          webhook: webhookId,
          instance,
          event: eventType,
          subject,
        })
        return (
          <tr>
            <td>
              <a href={`/events/${alert.eventId}`}>
                <Pill tone="bad">{eventType}</Pill>
              </a>{' '}
              {subject !== '' && <code>{subject}</code>}
            </td>
            <td class="name">
              {instances.has(instance) ? (
                <a href={`/instances/${instance}`}>{instances.get(instance)}</a>
              ) : (
                instance || '–'
              )}
            </td>
            <td class="number nowrap">
              {amount(value, unit)}
              {peak !== value && <span class="muted small"> peak {amount(peak, unit)}</span>}
            </td>
            <td class="number nowrap">
              {amount(threshold, unit)}
              <span class="muted small"> clears at {amount(clear, unit)}</span>
            </td>
            <td class="nowrap">
              <Time at={since} />
            </td>
            <td class="name">
              <a href={`/webhooks/${webhookId}`}>{webhooks.get(webhookId)?.name ?? webhookId}</a>{' '}
              <Arrival told={told.get(`${alert.eventId} ${webhookId}`)} />
            </td>
            <td>
              <a class="nowrap" href={`/alerts/trace?${query}`}>
                Why?
              </a>
            </td>
          </tr>
        )
      })}
    </Table>
  )
}

function Arrival({ told }: { told: Told | undefined }) {
  if (told === undefined) return null
  return (
    <a href={`/deliveries/${told.id}`}>
      <StatusPill status={told.status} />
    </a>
  )
}
