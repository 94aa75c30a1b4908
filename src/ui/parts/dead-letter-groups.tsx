import type { DeadLetterGroup } from '../../store/dead-letters.ts'
import { hintFor } from '../hints.ts'
import { Table } from './pieces.tsx'
import { Pill, StatusPill } from './pill.tsx'
import { Time } from './time.tsx'

/** What was given up of one webhook, by reason, each to be tried again by itself or all together. */
export function DeadLetterGroups({ groups }: { groups: readonly DeadLetterGroup[] }) {
  const [first] = groups
  if (first === undefined) return null
  const { webhookId, webhook, enabled } = first
  const all = groups.reduce((sum, { count }) => sum + count, 0)
  return (
    <section class="flow group" aria-labelledby={`of-${webhookId}`}>
      <div class="heading">
        <h2 id={`of-${webhookId}`}>
          <a href={`/webhooks/${webhookId}`}>{webhook}</a> <span class="muted">{all}</span>{' '}
          {!enabled && <Pill tone="off">Paused</Pill>}
        </h2>
        <a class="button compact" href={`/dead-letters/retry?webhook=${webhookId}`}>
          Retry all…<span class="visually-hidden"> of {webhook}</span>
        </a>
      </div>
      <Table
        label={`Dead letters of ${webhook}`}
        columns={['Reason', 'Status', 'Count', 'First', 'Last', 'Actions']}
      >
        {groups.map((group) => (
          <tr>
            <td class="name">
              <a href={`/deliveries/${group.newest}`}>{titleOf(group)}</a>
              <span class="hint block">{group.error}</span>
            </td>
            <td>
              <StatusPill status={group.status} />
            </td>
            <td class="number">{group.count}</td>
            <td class="nowrap">
              <Time at={group.first} />
            </td>
            <td class="nowrap">
              <Time at={group.last} />
            </td>
            <td>
              <a class="button compact" href={`/dead-letters/retry?${query(group)}`}>
                Retry…
                <span class="visually-hidden">
                  {' '}
                  {group.count} of {webhook}, {titleOf(group)}
                </span>
              </a>
            </td>
          </tr>
        ))}
      </Table>
    </section>
  )
}

function query({ webhookId, status, statusCode, error }: DeadLetterGroup): URLSearchParams {
  const code = statusCode === null ? '' : String(statusCode)
  return new URLSearchParams({ webhook: webhookId, status, code, error: error ?? '' })
}

function titleOf({ statusCode }: DeadLetterGroup): string {
  if (statusCode === null) return 'No answer'
  return `${statusCode}: ${hintFor('status', statusCode)?.title ?? 'not accepted'}`
}
