import { html } from 'hono/html'

/** One line each, drawn in the colour of the text beside it. */
const icons = {
  overview: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  alerts: 'M12 3a6 6 0 0 0-6 6v5l-2 3h16l-2-3V9a6 6 0 0 0-6-6zM10 20h4',
  webhooks: 'M9 17H8A5 5 0 0 1 8 7h1M15 7h1a5 5 0 0 1 0 10h-1M8 12h8',
  deliveries: 'M21 3 10 14M21 3l-7 18-4-7-7-4z',
  'dead-letters': 'M3 6h18v13H3zM3 7l9 7 9-7',
  events: 'M3 12h4l3 7 4-14 3 7h4',
  catalogue: 'M5 20V6a2 2 0 0 1 2-2h12v12H7a2 2 0 0 0 0 4h12',
  plugins: 'M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3',
  settings: 'M4 8h9M19 8h1M4 16h1M11 16h9M16 5v6M8 13v6',
} as const
export type IconName = keyof typeof icons

/** Beside a word that says the same: nothing is read out. */
export function Icon({ name }: { name: IconName }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${icons[name]}"/></svg>`
}
