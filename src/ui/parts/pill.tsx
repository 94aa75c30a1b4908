import { html } from 'hono/html'
import type { Child } from 'hono/jsx'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'off'

/** A state in one word; the colour only repeats what the word says. */
export function Pill({ tone, children }: { tone: Tone; children?: Child }) {
  return html`<span class="pill ${tone}">${children}</span>`
}

const deliveries: Readonly<Record<string, readonly [Tone, string]>> = {
  pending: ['info', 'Pending'],
  success: ['ok', 'Delivered'],
  retrying: ['warn', 'Retrying'],
  dead_letter: ['bad', 'Dead letter'],
  failed: ['bad', 'Failed'],
}

/** How good or bad the status of a delivery is. */
export function toneOf(status: string): Tone {
  return deliveries[status]?.[0] ?? 'off'
}

/** What people call the status of a delivery. */
export function statusName(status: string): string {
  return deliveries[status]?.[1] ?? status
}

export function StatusPill({ status }: { status: string }) {
  return <Pill tone={toneOf(status)}>{statusName(status)}</Pill>
}

const severities: Readonly<Record<string, Tone>> = {
  info: 'info',
  warning: 'warn',
  error: 'bad',
  critical: 'bad',
}

export function SeverityPill({ severity }: { severity: string }) {
  return <Pill tone={severities[severity] ?? 'off'}>{severity}</Pill>
}

/** How a server stands. */
export function StatePill({ enabled, state }: { enabled: boolean; state: string }) {
  if (!enabled) return <Pill tone="off">Paused</Pill>
  if (state === 'up') return <Pill tone="ok">Up</Pill>
  return state === 'down' ? <Pill tone="bad">Down</Pill> : <Pill tone="off">Not seen yet</Pill>
}
