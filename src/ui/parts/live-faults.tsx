import type { Service } from '../../api/service.ts'
import type { Format } from '../../plugin/format.ts'
import type { RetryPolicy } from '../../rules/retry.ts'
import type { WebhookDraft } from '../webhook-draft.ts'
import { clearing } from './event-choice.tsx'
import { type Faults, faultsAt, idOf } from './field.tsx'
import { FormatFields } from './format-fields.tsx'
import { RetryPlan } from './retry-plan.tsx'

/** What changes in the form while it is written, each piece to take the place of the one there. */
export function liveFaults({
  service: { catalog, formats },
  draft,
  faults,
  format,
  policy,
}: {
  service: Service
  draft: WebhookDraft
  faults: Faults
  format: Format
  policy: RetryPolicy | undefined
}) {
  const suggested = formats.suggest(draft.text.url)
  const better = suggested !== undefined && suggested.name !== format.name ? suggested : undefined
  const shown: (readonly [name: string, value: string, pointer: string])[] = [
    ...judgedFields.map(([name, pointer]) => [name, draft.text[name], pointer] as const),
    ...Object.entries(draft.thresholds).map(
      ([key, value]) => [`threshold.${key}`, value, `/thresholds/${key}`] as const,
    ),
    ...Object.entries(draft.config).map(
      ([key, value]) => [`config.${key}`, value, `/formatConfig/${key}`] as const,
    ),
    ['events', draft.events.join(), '/events'],
  ]
  return (
    <>
      {shown.map(([name, value, pointer]) => (
        // Nobody is blamed for what they have not come to yet.
        <p class="fault" role="alert" id={`${idOf(name)}-fault`} hx-swap-oob="true">
          {value === '' ? '' : faultsAt(faults, pointer).join(' ')}
        </p>
      ))}
      <p class="hint" id={`${idOf('format')}-hint`} hx-swap-oob="true">
        {better === undefined
          ? format.summary
          : `The URL is one of ${better.title}: choose that format, and it understands what is sent.`}
      </p>
      {[...catalog.thresholds.values()].map(({ threshold }) => {
        if (threshold === undefined) return null
        return (
          <p class="hint" id={`clear-${threshold.key}`} hx-swap-oob="true">
            {clearing(draft, threshold)}
          </p>
        )
      })}
      {policy !== undefined && (
        <div hx-swap-oob="innerHTML:#retry-plan-place">
          <RetryPlan policy={policy} />
        </div>
      )}
      {!sameFields(draft, format) && (
        <div hx-swap-oob="innerHTML:#format-place">
          <FormatFields format={format} draft={draft} faults={[]} />
        </div>
      )}
    </>
  )
}

/** Whether the form shows the fields of that format already: then they are left alone. */
function sameFields(draft: WebhookDraft, { config }: Format): boolean {
  return (
    String(Object.keys(draft.config).sort()) === String(Object.keys(config?.shape ?? {}).sort())
  )
}

const judgedFields = [
  ['name', '/name'],
  ['url', '/url'],
  ['secret', '/secret'],
  ['instances', '/instances'],
  ['headers', '/headers'],
  ['authUser', '/httpAuth/username'],
  ['authSecret', '/httpAuth'],
  ['maxRetries', '/retryPolicy/maxRetries'],
  ['initialDelayMs', '/retryPolicy/initialDelayMs'],
  ['backoffMultiplier', '/retryPolicy/backoffMultiplier'],
  ['maxDelayMs', '/retryPolicy/maxDelayMs'],
  ['schedule', '/retryPolicy/schedule'],
  ['timeoutMs', '/deliveryConfig/timeoutMs'],
  ['maxResponseBodyBytes', '/deliveryConfig/maxResponseBodyBytes'],
  ['hysteresisFactor', '/alertConfig'],
  ['maxInFlight', '/maxInFlight'],
  ['throttle', '/throttle'],
  ['discardAfter', '/discardAfter'],
] as const
