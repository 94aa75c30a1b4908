import { createCounter, createHistogram, type Family } from '../rules/meter.ts'
import type { Outcome } from './settlement.ts'

/** What this process has done since it started. */
export interface Meters {
  /** An attempt has ended, or was refused before a request; `nowMs` is the epoch. */
  settled(outcome: Outcome, nowMs: number): void
  /** A look at an instance took so long. */
  looked(instance: { readonly id: string; readonly name: string }, ms: number): void
  pluginFailed(plugin: string): void
  families(): readonly Family[]
}

/** Seconds. From a quick receiver nearby to the longest timeout there is. */
const requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
/** Seconds. From at once to what has been retried for a day. */
const deliveryBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 1800, 7200, 86_400]

export function createMeters(): Meters {
  const deliveries = createCounter(
    'tocsin_deliveries_total',
    'Deliveries that came to this status in this process, by webhook.',
  )
  const attempts = createCounter(
    'tocsin_attempts_total',
    'Requests made by this process, by how they failed; empty where they did not.',
  )
  const requests = createHistogram(
    'tocsin_attempt_duration_seconds',
    'How long requests to webhooks took.',
    requestBounds,
  )
  const latency = createHistogram(
    'tocsin_delivery_latency_seconds',
    'From what happened to the answer that accepted it.',
    deliveryBounds,
  )
  const looks = createCounter('tocsin_polls_total', 'Looks at instances by this process.')
  const looking = createCounter(
    'tocsin_poll_duration_seconds_total',
    'Time that looks took; divided by tocsin_polls_total it is the mean of one.',
  )
  const faults = createCounter(
    'tocsin_plugin_errors_total',
    'Looks at which a plugin failed, by plugin.',
  )
  const all = [deliveries, attempts, requests, latency, looks, looking, faults]

  return {
    settled({ claimed, settled }, nowMs) {
      const { status, startedAt, durationMs, errorClass } = settled
      deliveries.add({ webhook: claimed.webhookId, status })
      if (startedAt !== null) {
        attempts.add({ error_class: errorClass ?? '' })
        requests.observe(durationMs / 1000)
      }
      if (status === 'success')
        latency.observe(Math.max(0, nowMs - claimed.occurredAt.getTime()) / 1000)
    },
    looked({ id, name }, ms) {
      const labels = { instance_id: id, name }
      looks.add(labels)
      looking.add(labels, ms / 1000)
    },
    pluginFailed: (plugin) => faults.add({ plugin }),
    families: () => all.map((it) => it.family()),
  }
}
