import type { WebhookRow } from '../../store/webhook-list.ts'
import { Pill } from './pill.tsx'

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
