import type { Kind } from '../../store/named.ts'

/** What a URL names, as people read it, and all that it stands for. */
export interface Meant {
  readonly text: string
  readonly ids: readonly string[]
}

/** One of many, by a part of its name. A script suggests some; without one the text is enough. */
export function Lookup({
  kind,
  name,
  label,
  value,
  required,
  placeholder = 'Any',
}: {
  kind: Kind
  name: string
  label: string
  value: string | undefined
  required?: boolean
  placeholder?: string
}) {
  const id = `by-${name}`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type="search"
        list={`${id}-list`}
        value={value ?? ''}
        placeholder={placeholder}
        autocomplete="off"
        required={required}
        hx-get={`/choices/${kind}`}
        hx-trigger="focus once, input changed delay:200ms"
        hx-target={`#${id}-list`}
        hx-swap="innerHTML"
        hx-sync="this:replace"
      />
      <datalist id={`${id}-list`} />
    </div>
  )
}
