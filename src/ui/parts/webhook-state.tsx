import type { WebhookRow } from '../../store/webhook-list.ts'
import { Pill } from './pill.tsx'
import { Time } from './time.tsx'

/** Whether a webhook is sent anything, and if not, why. */
export function WebhookState(
  row: Pick<WebhookRow, 'enabled' | 'disabledReason' | 'failures' | 'deferredUntil'>,
) {
  if (!row.enabled)
    return row.disabledReason === null ? (
      <Pill tone="off">Paused</Pill>
    ) : (
      <span title={row.disabledReason}>
        <Pill tone="bad">Switched off</Pill>
      </span>
    )
  if (row.deferredUntil !== null) return <Pill tone="bad">Held back</Pill>
  return row.failures === null ? <Pill tone="ok">Enabled</Pill> : <Pill tone="warn">Failing</Pill>
}

/** What is wrong, and what becomes of that by itself. */
export function Trouble({ row }: { row: WebhookRow }) {
  if (row.failures === null || !row.enabled) return null
  return (
    <span class="small">
      {row.failures} failures in a row.{' '}
      {row.deferredUntil !== null && (
        <>
          What it is owed waits; one request tries it again{' '}
          <Time at={row.deferredUntil} past="now" />.
        </>
      )}
    </span>
  )
}
