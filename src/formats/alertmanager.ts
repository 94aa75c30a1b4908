import { cut, defineFormat, type FormatEvent } from 'tocsin/plugin'
import { z } from 'zod'
import { refusal } from './refusal.ts'
import { isoTime, linkOf, sourceOf, units } from './wording.ts'

/** What Prometheus takes as the name of a label. */
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/**
 * Alertmanager, API v2 (`POST /api/v2/alerts`; FORMATS 4.12). An alert is what its labels say: they
 * hold nothing that changes while it stands. Without an end Alertmanager resolves it by itself after
 * its `resolve_timeout` (5 minutes): what stands is told again until it is over. What nobody can tell
 * again, such as an instance that is down, is given an end a day off; the real one comes when it is
 * known. In batches, so that the end of an alert never comes before its beginning.
 */
export const alertmanager = defineFormat({
  name: 'alertmanager',
  title: 'Alertmanager',
  summary: 'Alertmanager of Prometheus; url: http://HOST:9093/api/v2/alerts of each replica.',
  config: z.strictObject({
    labels: z
      .record(z.string().regex(labelName).max(100), z.string().max(200))
      .default({})
      .describe('Added to every alert, such as `team`.'),
  }),
  batch: { most: 100, throttleMs: 1000 },
  resolves: true,
  remindEveryMs: 120_000,
  suggests: ({ pathname }) => pathname.endsWith('/api/v2/alerts'),
  render: (events, { config }) => ({
    body: JSON.stringify(events.map((event) => alertOf(event, config.labels))),
  }),
  judge: (answer) => refusal({ title: 'Alertmanager', check: 'the url and httpAuth' }, answer),
})

function alertOf(event: FormatEvent, labels: Readonly<Record<string, string>>) {
  const { alert, instance, subject, threshold, timestamp } = event
  const link = linkOf(event)
  return {
    labels: {
      ...labelsOf(instance?.labels ?? {}),
      ...labels,
      alertname: pascalCase(alert.type),
      instance: sourceOf(event),
      severity: alert.severity,
      tocsin_event: alert.type,
      ...(instance && { tocsin_instance: cut(instance.name, 255, units) }),
      ...(subject !== '' && { subject: cut(subject, 255, units) }),
    },
    annotations: {
      summary: cut(event.message, 2000, units),
      ...(threshold && { value: String(threshold.value), threshold: String(threshold.limit) }),
    },
    startsAt: isoTime(Math.min(alert.since, timestamp)),
    ...endOf(event),
    ...(link !== undefined && { generatorURL: link }),
  }
}

const dayMs = 86_400_000

function endOf({ alert, threshold, timestamp }: FormatEvent): { readonly endsAt?: string } {
  if (alert.state === 'resolved') return { endsAt: isoTime(timestamp) }
  const isToldAgain = threshold !== undefined
  return alert.lasting && !isToldAgain ? { endsAt: isoTime(timestamp + dayMs) } : {}
}

/** `MemoryCritical`, for `memory.critical`. */
function pascalCase(type: string): string {
  return type
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('')
}

/** Labels of an instance under names that Alertmanager takes; empty ones are dropped there too. */
function labelsOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  const taken = Object.entries(labels).map(([name, value]) => [
    name.replaceAll(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_'),
    value,
  ])
  return Object.fromEntries(taken.filter(([name = '']) => labelName.test(name)))
}
