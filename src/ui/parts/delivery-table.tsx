import { retriesAllowed } from '../../rules/retry.ts'
import type { DeliveryRow } from '../../store/delivery-list.ts'
import type { WebhookName } from '../../store/webhook-names.ts'
import { Table } from './pieces.tsx'
import { StatusPill } from './pill.tsx'
import { span, Time } from './time.tsx'

/** Deliveries, one a row. */
export function DeliveryTable({
  rows,
  webhooks,
}: {
  rows: readonly DeliveryRow[]
  webhooks?: readonly WebhookName[]
}) {
  const most = new Map(
    webhooks?.map(({ id, retryPolicy }) => [id, retriesAllowed(retryPolicy) + 1]),
  )
  const columns = ['Event', 'Status', 'Instance', 'Webhook', 'Answer', 'Attempts', 'Took', 'When']
  return (
    <Table label="Deliveries" columns={columns}>
      {rows.map((row) => (
        <tr>
          <td>
            <a href={`/deliveries/${row.id}`}>{row.eventType}</a>
          </td>
          <td>
            <StatusPill status={row.status} />
            {row.nextRetryAt !== null && (
              <span class="muted small nowrap">
                {' '}
                next <Time at={row.nextRetryAt} />
              </span>
            )}
          </td>
          <td>{row.instance ?? <span class="muted">–</span>}</td>
          <td>
            <a href={`/webhooks/${row.webhookId}`}>{row.webhook}</a>
          </td>
          <td class="number">
            {row.statusCode ?? <span class="muted">{row.error === null ? '–' : 'none'}</span>}
          </td>
          <td class="number nowrap">
            {row.attempts}
            {most.has(row.webhookId) && <span class="muted"> / {most.get(row.webhookId)}</span>}
          </td>
          <td class="number nowrap">{row.durationMs === null ? '–' : span(row.durationMs)}</td>
          <td class="nowrap">
            <Time at={row.createdAt} />
          </td>
        </tr>
      ))}
    </Table>
  )
}
