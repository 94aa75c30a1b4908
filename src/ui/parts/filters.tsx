import type { Child } from 'hono/jsx'
import type { Catalog } from '../../rules/catalog.ts'

/** What a page shows a part of, chosen in its URL. */
export function Filters({
  action,
  label,
  submit = (
    <button class="button" type="submit">
      Show
    </button>
  ),
  children,
}: {
  action: string
  label: string
  submit?: Child
  children: Child
}) {
  return (
    <form class="filters" method="get" action={action} aria-label={label}>
      {children}
      {submit}
    </form>
  )
}

export interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly value?: string | undefined
  readonly options: readonly (readonly [value: string, title: string])[]
  /** What none of them is called. Default `All`. */
  readonly none?: string
  readonly required?: boolean
}

/** One of some, or none of them. */
export function Choice({ name, label, value = '', options, none = 'All', required }: ChoiceProps) {
  return (
    <div class="field">
      <label for={`by-${name}`}>{label}</label>
      <select id={`by-${name}`} name={name} required={required}>
        <option value="">{none}</option>
        {options.map(([one, title]) => (
          <option value={one} selected={one === value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}

/** One of the event types there are. */
export function EventTypeChoice({
  catalog,
  name = 'event',
  label = 'Event',
  ...props
}: Omit<ChoiceProps, 'name' | 'label' | 'options'> & {
  readonly catalog: Catalog
  readonly name?: string
  readonly label?: string
}) {
  const options = [...catalog.events.keys()].map((type) => [type, type] as const)
  return <Choice {...props} name={name} label={label} options={options} />
}

/** Some text, or any. */
export function Search({
  name,
  label,
  value = '',
}: {
  name: string
  label: string
  value?: string | undefined
}) {
  return (
    <div class="field">
      <label for={`by-${name}`}>{label}</label>
      <input id={`by-${name}`} name={name} type="search" value={value} autocomplete="off" />
    </div>
  )
}
