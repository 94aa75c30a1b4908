import type { Child } from 'hono/jsx'

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

/** One of some, or none of them. */
export function Choice({
  name,
  label,
  value = '',
  options,
  none = 'All',
  required,
}: {
  name: string
  label: string
  value?: string | undefined
  options: readonly (readonly [value: string, title: string])[]
  none?: string
  required?: boolean
}) {
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
