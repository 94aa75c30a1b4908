import { html } from 'hono/html'

/** How long ago, or how soon, in few words. */
function relative(at: number, now: number): string {
  const ms = Math.abs(now - at)
  const [unit, size] = units.find(([, size]) => ms >= size) ?? ['s', 1000]
  const span = ms < 1000 ? 'now' : `${Math.floor(ms / size)} ${unit}`
  if (span === 'now') return span
  return at > now ? `in ${span}` : `${span} ago`
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** A span of time in words: `145 ms`, `2.4 s`, `3 min`, `2 h 5 min`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`
  const minutes = Math.round(ms / 60_000)
  const [days, hours, rest] = [
    Math.floor(minutes / 1440),
    Math.floor((minutes % 1440) / 60),
    minutes % 60,
  ]
  const parts = [days && `${days} d`, hours && `${hours} h`, rest && `${rest} min`]
  return parts.filter(Boolean).join(' ')
}

/**
 * A moment, relative, the exact one on hover; a script keeps it true. `none` stands for no moment,
 * `past` for one that is over, where only what is ahead counts.
 */
export function Time({
  at,
  none = 'never',
  past,
}: {
  at: Date | number | null
  none?: string
  past?: string
}) {
  if (at === null) return <span class="muted">{none}</span>
  const ms = Number(at)
  const exact = new Date(ms).toISOString()
  const now = Date.now()
  const text = past !== undefined && ms <= now ? past : relative(ms, now)
  // As text: a page may have a hundred of them.
  return html`<relative-time${past === undefined ? '' : html` data-past="${past}"`}
    ><time datetime="${exact}" title="${exact.slice(0, 10)} ${exact.slice(11, 19)} UTC">${text}</time
  ></relative-time>`
}
