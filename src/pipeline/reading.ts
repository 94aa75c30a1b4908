import type { Tier } from '../plugin/event.ts'
import type { CatalogEvent } from '../rules/catalog.ts'
import type { Alert } from '../store/alerts.ts'
import { newId } from '../store/ids.ts'
import type { Instance } from '../store/instances.ts'
import type { NewDelivery, NewEvent } from '../store/outbox.ts'
import type { StandingAlerts } from './standing.ts'
import type { Subscribers } from './subscribers.ts'

/** Where readings come from. */
export interface Source {
  /** Tells apart alerts: the id of an instance under watch, else `host:port`, else empty. */
  readonly key: string
  readonly instanceId?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly at: Date
  readonly origin: 'plugin' | 'api' | 'service'
}

/** What an instance under watch says, as the source of readings. */
export function sourceOf(
  { id, host, port, labels }: Pick<Instance, 'id' | 'host' | 'port' | 'labels'>,
  atMs: number,
): Source {
  const at = new Date(atMs)
  return { key: id, instanceId: id, host, port, labels, at, origin: 'plugin' }
}

/** One reading: what a plugin, or somebody over HTTP, saw. */
export interface Reading {
  readonly event: CatalogEvent
  readonly data: Record<string, unknown>
  readonly subject: string
  readonly trace?: string | undefined
}

/** A reading and where it comes from. */
export interface Observation {
  readonly source: Source
  readonly reading: Reading
}

/** An event to store and whom it is owed to; deliveries with an alert go only if that is raised. */
export interface PlannedEvent {
  readonly event: NewEvent
  /** Stored even if nobody is to hear of it. */
  readonly always: boolean
  /** An event whoever hears of it; a reading is one only where an alert begins or ends by it. */
  readonly certain: boolean
  readonly owed: readonly { readonly delivery: NewDelivery; readonly alert?: Alert }[]
  /** Alerts of one kind change one after another: each step is committed before the next. */
  readonly step: number
}

/** Everything that readings change. */
export interface Plan {
  readonly happened: readonly PlannedEvent[]
  /** Alerts that end, with the event that says so to those that asked. */
  readonly resolved: readonly (PlannedEvent & { readonly cleared: readonly Alert[] })[]
  /** Alerts that go on, with their worst readings. */
  readonly peaks: readonly Alert[]
}

export interface Situation {
  readonly subscribers: Subscribers
  readonly standing: StandingAlerts
  readonly tier: Tier
}

/** The event a reading makes, with its data as text. */
export function newEvent(
  source: Source,
  { event, subject, trace }: Reading,
  data: string,
): NewEvent {
  return {
    id: newId(),
    type: event.declaration.type,
    severity: event.declaration.severity,
    instanceId: source.instanceId ?? null,
    host: source.host ?? null,
    port: source.port ?? null,
    subject,
    data,
    trace: trace ?? null,
    source: source.origin,
    occurredAt: source.at,
  }
}

/** What one webhook is owed; `data` only where it differs from the event's. */
export function newDelivery(event: NewEvent, webhookId: string, data: string | null): NewDelivery {
  return { id: newId(), eventId: event.id, webhookId, data }
}
