import { type Child, isValidElement } from 'hono/jsx'
import { streams } from '../live.ts'

/** The top of a page: what it is, and what can be done. */
export function Heading({
  title,
  lead,
  children,
}: {
  title: Child
  lead?: Child
  children?: Child
}) {
  return (
    <div class="heading">
      <div>
        <h1>{title}</h1>
        {lead !== undefined && <p class="muted">{lead}</p>}
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </div>
  )
}

/** Nothing here, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  )
}

/** One number that counts. */
export function Figure({
  label,
  value,
  note,
  tone,
  href,
}: {
  label: string
  value: Child
  note?: Child
  tone?: 'ok' | 'warn' | 'bad' | undefined
  href?: string
}) {
  const number = (
    <span class={`figure-value ${tone ?? ''}`}>
      {href !== undefined && <span class="visually-hidden">{label}: </span>}
      {value}
    </span>
  )
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>
        {href === undefined ? number : <a href={href}>{number}</a>}
        {note !== undefined && <span class="muted small">{note}</span>}
      </dd>
    </div>
  )
}

/** Text that people will want elsewhere; `label` says what it is. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <copy-text>
      <code>{text}</code>
      <CopyButton label={label} />
    </copy-text>
  )
}

/** Shown where scripts run; it is there without one, so that pages which change keep it. */
function CopyButton({ label }: { label: string }) {
  return (
    <button type="button" class="button compact" aria-label={`Copy ${label}`}>
      Copy
    </button>
  )
}

/** A block of text as it is, to be copied. */
export function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <copy-text class="snippet">
      <section aria-label={label}>
        <pre tabindex={0}>{text}</pre>
      </section>
      <CopyButton label={label} />
    </copy-text>
  )
}

/** A table that scrolls by itself where the window is too narrow for it. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string
  columns: readonly string[]
  children?: Child
}) {
  nameCells(children, columns)
  return (
    <section class="table" aria-label={label} tabindex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

/**
 * Gives cells the name of their column: on a narrow screen each row is a card. In place: rows are
 * made for one table, and copies of hundreds of cells take as long as writing them.
 */
function nameCells(rows: Child, columns: readonly string[]): void {
  if (Array.isArray(rows)) for (const row of rows) nameCells(row, columns)
  else if (isValidElement(rows) && rows.tag === 'tr')
    for (const [index, cell] of rows.children.entries())
      if (isValidElement(cell)) cell.props['data-label'] = columns[index]
}

/** A part of a page that follows what happens: fetched again whenever something has changed. */
export function LivePart({ path, children }: { path: string; children?: Child }) {
  return (
    <>
      <live-updates stream={streams ? '/live' : undefined} />
      <div
        id="live"
        class="flow"
        hx-get={path}
        hx-trigger="refresh from:body"
        hx-select="#live"
        hx-swap="outerMorph"
      >
        {children}
      </div>
    </>
  )
}

/** Which page of a list, newest first. */
export function Pager({
  first,
  next,
  names = ['Newest', 'Older'],
}: {
  first?: string | undefined
  next?: string | undefined
  names?: readonly [first: string, next: string]
}) {
  if (first === undefined && next === undefined) return null
  return (
    <nav class="pager" aria-label="Pages">
      {first !== undefined && (
        <a class="button" href={first} rel="first">
          {names[0]}
        </a>
      )}
      {next !== undefined && (
        <a class="button" href={next} rel="next">
          {names[1]}
        </a>
      )}
    </nav>
  )
}
