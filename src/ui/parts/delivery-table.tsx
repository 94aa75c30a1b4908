import { retriesAllowed } from '../../rules/retry.ts'
import type { DeliveryRow } from '../../store/delivery-list.ts'
import { Table } from './pieces.tsx'
import { StatusPill } from './pill.tsx'
import { span, Time } from './time.tsx'

/** Deliveries, one a row. */
export function DeliveryTable({ rows }: { rows: readonly DeliveryRow[] }) {
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
          <td>
            {row.instanceId === null ? (
              (row.instance ?? <span class="muted">–</span>)
            ) : (
              <a href={`/instances/${row.instanceId}`}>{row.instance}</a>
            )}
          </td>
          <td>
            <a href={`/webhooks/${row.webhookId}`}>{row.webhook}</a>
          </td>
          <td class="number">
            {row.statusCode ?? <span class="muted">{row.error === null ? '–' : 'none'}</span>}
          </td>
          <td class="number nowrap">
            {row.attempts}
            <span class="muted"> / {retriesAllowed(row.retryPolicy) + 1}</span>
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
