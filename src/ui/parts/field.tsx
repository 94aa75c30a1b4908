import type { Child } from 'hono/jsx'
import type { Fault } from '../../api/problem.ts'

/** What the server found wrong with a form, by field. */
export type Faults = readonly Fault[]

/** The faults of one field: `pointer` and everything below it. */
export function faultsAt(faults: Faults, pointer: string): string[] {
  return faults
    .filter((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`))
    .map(({ message }) => message)
}

export interface FieldProps {
  readonly name: string
  readonly label: Child
  /** Where the API says this field is. */
  readonly pointer: string
  readonly faults: Faults
  readonly hint?: Child
  readonly value?: string | undefined
  readonly type?: string
  readonly required?: boolean
  readonly placeholder?: string | undefined
  readonly rows?: number
  readonly options?: readonly (readonly [value: string, name: string])[]
  readonly autocomplete?: string
  readonly autofocus?: boolean
  readonly inputmode?: 'numeric'
}

/** A field with its label, its hint and what is wrong with it. */
export function Field(props: FieldProps) {
  const { name, label, hint, value = '', options, rows } = props
  const id = idOf(name)
  const wrong = faultsAt(props.faults, props.pointer)
  const described = [hint !== undefined && `${id}-hint`, wrong.length > 0 && `${id}-fault`]
  const common = {
    id,
    name,
    'aria-describedby': described.filter(Boolean).join(' ') || undefined,
    'aria-invalid': wrong.length > 0 ? ('true' as const) : undefined,
    required: props.required,
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {options !== undefined ? (
        <select {...common}>
          {options.map(([key, title]) => (
            <option value={key} selected={key === value}>
              {title}
            </option>
          ))}
        </select>
      ) : rows !== undefined ? (
        <textarea {...common} rows={rows} placeholder={props.placeholder} spellcheck={false}>
          {value}
        </textarea>
      ) : (
        <input
          {...common}
          type={props.type ?? 'text'}
          value={value}
          placeholder={props.placeholder}
          autocomplete={props.autocomplete ?? 'off'}
          autofocus={props.autofocus}
          inputmode={props.inputmode}
        />
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class="fault" id={`${id}-fault`} role="alert">
        {wrong.join(' ')}
      </p>
    </div>
  )
}

/** A box to be ticked. */
export function Check({
  name,
  value = 'on',
  checked,
  disabled,
  children,
}: {
  name: string
  value?: string
  checked: boolean
  disabled?: boolean
  children?: Child
}) {
  return (
    <label class={disabled ? 'check locked' : 'check'}>
      <input type="checkbox" name={name} value={value} checked={checked} disabled={disabled} />
      <span>{children}</span>
    </label>
  )
}

/** What is wrong with a form as a whole, and how much with its fields. */
export function FormFaults({ detail, faults }: { detail: string; faults: Faults }) {
  if (detail === '') return null
  return (
    <div class="notice refused" role="alert" id="form-faults" tabindex={-1}>
      {faults.length === 0 ? (
        <p>{detail}</p>
      ) : (
        <>
          <p>
            It was not saved: {faults.length === 1 ? 'one thing is' : `${faults.length} things are`}{' '}
            wrong.
          </p>
          <ul>
            {faults.map(({ pointer, message }) => (
              <li>
                <a href={`#${fieldAt(pointer)}`}>
                  {pointer.slice(1).replaceAll('/', '.') || 'form'}
                </a>
                : {message}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** How the fields of a setting are named that has several. */
const prefixes: Readonly<Record<string, string>> = {
  thresholds: 'threshold.',
  formatConfig: 'config.',
  retryPolicy: '',
  deliveryConfig: '',
  alertConfig: '',
}

/** The field that a pointer of the API means. */
function fieldAt(pointer: string): string {
  const [first = '', second = ''] = pointer.slice(1).split('/')
  if (first === 'events') return `${idOf(first)}-fault`
  const prefix = prefixes[first]
  if (prefix !== undefined && second !== '') return idOf(prefix + second)
  if (first === 'httpAuth') return idOf(second === 'username' ? 'authUser' : 'authSecret')
  return idOf(first)
}

export function idOf(name: string): string {
  return `f-${name.replaceAll(/[^\w-]/g, '-')}`
}
