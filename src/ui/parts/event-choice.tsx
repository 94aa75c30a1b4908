import type { Threshold, Tier } from '../../plugin/event.ts'
import type { Catalog } from '../../rules/catalog.ts'
import { clearsAt, defaultHysteresisFactor } from '../../rules/evaluate.ts'
import { allowed } from '../../rules/subscription.ts'
import type { CurrentReading } from '../../store/samples.ts'
import { amount } from '../gauge.ts'
import type { WebhookDraft } from '../webhook-draft.ts'
import { Check, type Faults, Field } from './field.tsx'
import { Pill } from './pill.tsx'

export interface EventChoiceProps {
  readonly catalog: Catalog
  readonly tier: Tier
  readonly draft: WebhookDraft
  readonly faults: Faults
}

/** Every event type, by the plugin that tells it; those of a higher tier are locked. */
export function EventChoice({ catalog, tier, draft, faults }: EventChoiceProps) {
  const wrong = faults.filter(({ pointer }) => pointer.startsWith('/events'))
  return (
    <div class="event-groups">
      {catalog.plugins.map(({ name, events }) => (
        <fieldset class="event-group">
          <legend>{name}</legend>
          {events.map(({ type, summary, tier: needed }) => {
            const event = catalog.events.get(type)
            const open = event !== undefined && allowed(event, tier)
            return (
              <Check
                name="events"
                value={type}
                checked={draft.events.includes(type)}
                disabled={!open && !draft.events.includes(type)}
              >
                <strong>{type}</strong> {!open && <Pill tone="off">needs {needed}</Pill>}
                <span class="hint block">{summary}</span>
              </Check>
            )
          })}
        </fieldset>
      ))}
      <p class="fault" id="f-events-fault" role="alert">
        {wrong.map(({ message }) => message).join(' ')}
      </p>
    </div>
  )
}

/** A limit for each event with a threshold: where it fires, where it clears, what is read now. */
export function Thresholds({
  catalog,
  tier,
  draft,
  faults,
  current,
}: EventChoiceProps & { readonly current: ReadonlyMap<string, CurrentReading> }) {
  const shown = [...catalog.thresholds.values()].filter(({ type }) => {
    const event = catalog.events.get(type)
    return event !== undefined && allowed(event, tier)
  })
  return (
    <div class="fields wide">
      {shown.map((declaration) => {
        const { type, threshold } = declaration
        if (threshold === undefined) return null
        const { key, unit = '', auto } = threshold
        const usual = threshold.default === 0 && auto !== undefined ? 'baseline' : threshold.default
        return (
          <div class="stack-tight">
            <Field
              name={`threshold.${key}`}
              label={
                <>
                  {type} <span class="muted small">{unit}</span>
                </>
              }
              pointer={`/thresholds/${key}`}
              faults={faults}
              value={draft.thresholds[key]}
              placeholder={String(usual)}
              inputmode="numeric"
            />
            <p class="hint" id={`clear-${key}`}>
              {clearing(draft, threshold)}
            </p>
            <Current reading={current.get(key)} unit={unit} />
          </div>
        )
      })}
    </div>
  )
}

/** Where an alert fires and where it clears, in words. */
export function clearing(
  { thresholds, text }: WebhookDraft,
  { key, default: usual, unit = '', direction = 'above', auto }: Threshold<never>,
): string {
  const limit = Number(thresholds[key]?.trim() || usual)
  const factor = Number(text.hysteresisFactor.trim() || defaultHysteresisFactor)
  if (!Number.isFinite(limit) || !Number.isFinite(factor)) return ''
  if (limit === 0 && auto !== undefined) return 'Follows the baseline that is learned.'
  const clear = Math.round(clearsAt(limit, factor, direction) * 100) / 100
  const [fires, clears] = direction === 'below' ? ['or less', 'above'] : ['or more', 'below']
  return `Fires at ${amount(limit, unit)} ${fires}, clears ${clears} ${amount(clear, unit)}.`
}

function Current({ reading, unit }: { reading: CurrentReading | undefined; unit: string }) {
  if (reading === undefined) return null
  const { highest, instances } = reading
  const others = instances - highest.length
  return (
    <p class="hint">
      Now{' '}
      {highest.map(({ id, name, value }, index) => (
        <>
          {index > 0 && ', '}
          {amount(value, unit)} on <a href={`/instances/${id}`}>{name}</a>
        </>
      ))}
      {others > 0 && `, no more on ${others} ${others === 1 ? 'other' : 'others'}`}.
    </p>
  )
}
