import { retriesAllowed } from '../../rules/retry.ts'
import type { DeliveryRow } from '../../store/delivery-list.ts'
import { Table } from './pieces.tsx'
import { StatusPill } from './pill.tsx'
import { span, Time } from './time.tsx'

/** Deliveries, one a row; those of one webhook need not say so in each. */
export function DeliveryTable({
  rows,
  ofOne = false,
}: {
  rows: readonly DeliveryRow[]
  ofOne?: boolean
}) {
  const columns = [
    'Event',
    'Status',
    'Instance',
    ...(ofOne ? [] : ['Webhook']),
    'Response',
    'Attempts',
    'Took',
    'When',
  ]
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
                next <Time at={row.nextRetryAt} past="now" />
              </span>
            )}
          </td>
          <td class="name">
            {row.instanceId === null ? (
              (row.instance ?? <span class="muted">–</span>)
            ) : (
              <a href={`/instances/${row.instanceId}`}>{row.instance}</a>
            )}
          </td>
          {!ofOne && (
            <td class="name">
              <a href={`/webhooks/${row.webhookId}`}>{row.webhook}</a>
            </td>
          )}
          <td class="number">
            {row.statusCode ?? <span class="muted">{row.error === null ? '–' : 'none'}</span>}
          </td>
          <td class="number nowrap">
            {row.attempts}
            <span class="muted"> / {row.attemptsBefore + retriesAllowed(row.retryPolicy) + 1}</span>
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
