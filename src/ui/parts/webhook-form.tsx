import type { Service } from '../../api/service.ts'
import type { Format } from '../../plugin/format.ts'
import { defaultHysteresisFactor } from '../../rules/evaluate.ts'
import { defaultRetryPolicy, type RetryPolicy } from '../../rules/retry.ts'
import { schedules } from '../../rules/schedules.ts'
import { defaultDelivery } from '../../rules/webhook.ts'
import type { CurrentReading } from '../../store/samples.ts'
import type { WebhookDraft } from '../webhook-draft.ts'
import { EventChoice, Thresholds } from './event-choice.tsx'
import { Check, type Faults, Field, type FieldProps } from './field.tsx'
import { FormatFields } from './format-fields.tsx'
import { RetryPlan } from './retry-plan.tsx'

export interface WebhookFormProps {
  readonly service: Service
  readonly draft: WebhookDraft
  readonly faults: Faults
  readonly format: Format
  /** Undefined where the numbers in the form are no policy. */
  readonly policy: RetryPolicy | undefined
  readonly current: ReadonlyMap<string, CurrentReading>
  /** Absent for a new one. */
  readonly id?: string | undefined
}

/** Everything a webhook may be told, in the order in which people think of it. */
export function WebhookFields(props: WebhookFormProps) {
  const { service, draft, faults, id } = props
  const { catalog, formats } = service
  const tier = service.tier()
  const field = fieldOf(draft, faults)
  const choice = { catalog, tier, draft, faults }
  return (
    <>
      <section class="card stack" aria-labelledby="where">
        <h2 id="where">Endpoint</h2>
        <div class="fields">
          <div>{field('name', 'Name', { required: true, placeholder: 'Production alerts' })}</div>
          <div>
            {field('format', 'Format', {
              options: formats.all.map(({ name, title }) => [name, title]),
              hint: props.format.summary,
            })}
          </div>
        </div>
        {field('url', 'URL', {
          required: true,
          placeholder: 'https://api.example.com/hooks/valkey',
          hint: 'Checked as you type: the address, and whether it may be called.',
        })}
        <div id="format-place">
          <FormatFields format={props.format} draft={draft} faults={faults} />
        </div>
        {id === undefined &&
          field('secret', 'Signing secret', {
            hint: 'Leave it empty to have one generated; you can reveal it afterwards.',
          })}
        <Check name="enabled" checked={draft.enabled}>
          Enabled
        </Check>
      </section>
      <section class="card stack" aria-labelledby="what">
        <h2 id="what">Events</h2>
        <div class="fields">
          {field('eventsPolicy', 'Subscribe to', {
            options: [
              ['include', 'the events selected'],
              ['exclude', 'all events but those selected'],
            ],
          })}
          {field('level', 'Minimum severity', {
            options: [['', 'any'], ...['info', 'warning', 'error', 'critical'].map(same)],
          })}
        </div>
        <EventChoice {...choice} />
        {field('instances', 'Instances', {
          rows: 2,
          placeholder: 'team=payments',
          hint: 'Empty for all of them. Else one a line: labels that must all match, as name=value, or instance ids.',
        })}
      </section>
      <section class="card stack" aria-labelledby="limits">
        <h2 id="limits">Thresholds</h2>
        <p class="muted">Empty for the default. What is set here counts for this webhook alone.</p>
        <Thresholds {...choice} current={props.current} />
        <div class="fields wide">
          {field('hysteresisFactor', 'Hysteresis factor', {
            pointer: '/alertConfig',
            placeholder: String(defaultHysteresisFactor),
            hint: 'An alert clears at its threshold times this: 0.5 to 0.99.',
          })}
        </div>
      </section>
      <section class="card stack" aria-labelledby="retries">
        <h2 id="retries">Retries</h2>
        <div id="retry-plan-place">
          {props.policy !== undefined && <RetryPlan policy={props.policy} />}
        </div>
        <div class="fields">
          {retryFields.map(([name, label]) =>
            field(name, label, {
              pointer: `/retryPolicy/${name}`,
              placeholder: String(defaultRetryPolicy[name]),
            }),
          )}
        </div>
        <div class="fields wide">
          {field('schedule', 'Fixed schedule instead', {
            pointer: '/retryPolicy/schedule',
            hint: `Delays in ms (30000, 300000), or the name of one: ${Object.keys(schedules).join(', ')}.`,
          })}
        </div>
      </section>
      <details class="card">
        <summary>Headers, authorization and limits</summary>
        <div class="stack">
          {field('headers', 'Headers', {
            rows: 3,
            placeholder: 'X-Team: payments',
            hint: 'One a line, Name: value. Sent with every request.',
          })}
          <div class="fields">
            {field('authType', 'Authorization', {
              pointer: '/httpAuth/type',
              options: [
                ['', 'none'],
                ['Basic', 'Basic'],
                ['Bearer', 'Bearer'],
              ],
            })}
            {field('authUser', 'User', { pointer: '/httpAuth/username' })}
            {field('authSecret', 'Password or token', { pointer: '/httpAuth' })}
          </div>
          <div class="fields">
            {field('timeoutMs', 'Timeout in ms', {
              pointer: '/deliveryConfig/timeoutMs',
              placeholder: String(defaultDelivery.timeoutMs),
            })}
            {field('maxResponseBodyBytes', 'Response kept in bytes', {
              pointer: '/deliveryConfig/maxResponseBodyBytes',
              placeholder: String(defaultDelivery.maxResponseBodyBytes),
            })}
            {field('maxInFlight', 'Concurrent requests', { placeholder: '16' })}
            {field('throttle', 'Batch events for ms')}
            {field('discardAfter', 'Discard after', { placeholder: '2h' })}
          </div>
          <Check name="lossy" checked={draft.lossy}>
            Give up at the first failure, without retries
          </Check>
          <Check name="allowInvalidCerts" checked={draft.allowInvalidCerts}>
            Accept any certificate, for tests within your own network
          </Check>
        </div>
      </details>
    </>
  )
}

const retryFields = [
  ['maxRetries', 'Retries'],
  ['initialDelayMs', 'First delay in ms'],
  ['backoffMultiplier', 'Multiplier'],
  ['maxDelayMs', 'Longest delay in ms'],
] as const

const same = (text: string) => [text, text] as const

function fieldOf({ text }: WebhookDraft, faults: Faults) {
  return (name: keyof WebhookDraft['text'], label: string, more: Partial<FieldProps> = {}) => (
    <Field
      name={name}
      label={label}
      pointer={`/${name}`}
      faults={faults}
      value={text[name]}
      {...more}
    />
  )
}
