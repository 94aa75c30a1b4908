import type { EventMeaning, Severity, Tier } from './event.ts'

/** The instance an event is about. */
export interface FormatInstance {
  /** Absent for one that is not under watch. */
  readonly id?: string
  /** What people call it; `host:port` where it has no name. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly labels: Readonly<Record<string, string>>
}

/** The limit an event was held against. */
export interface FormatThreshold {
  /** Name of the setting, such as `memoryCriticalPercent`. */
  readonly key: string
  /** The limit of this webhook. */
  readonly limit: number
  readonly value: number
  readonly unit?: string
  readonly direction: 'above' | 'below'
}

/** What an event means for receivers that keep alerts open until they are resolved. */
export interface FormatAlert {
  /**
   * The same for every event about one thing: the webhook, the instance, the event type, the subject.
   * What resolves an alert has the key of what raised it. At most 200 characters.
   */
  readonly key: string
  readonly state: 'firing' | 'resolved'
  /** The event type that raised it. */
  readonly type: string
  /** The severity of that type: the same when it is over. */
  readonly severity: Severity
  /** Whether a `resolved` will follow. What merely happened, such as a changed setting, stays as it is. */
  readonly lasting: boolean
  /** When it was raised, epoch milliseconds, where that is known. */
  readonly since: number
}

/** One event as a format sees it. No text of it holds NUL or half of a character. */
export interface FormatEvent {
  /** The same at every attempt and for every webhook. */
  readonly id: string
  readonly type: string
  /** When it happened, epoch milliseconds. */
  readonly timestamp: number
  readonly severity: Severity
  readonly tier: Tier
  /** What other products have a name of their own for; undefined where there is no such thing. */
  readonly meaning: EventMeaning | undefined
  /** One declared sentence about this type of event. */
  readonly summary: string
  /** One line for people about this very event. */
  readonly message: string
  /** What on the instance it is about, such as a user or a replica; empty where there is nothing to tell apart. */
  readonly subject: string
  /** Absent where it belongs to no instance. */
  readonly instance?: FormatInstance
  readonly data: Readonly<Record<string, unknown>>
  /** The data as JSON text, written once: the same bytes wherever it goes. */
  readonly dataText: string
  /** Undefined for events without a threshold. */
  readonly threshold: FormatThreshold | undefined
  readonly alert: FormatAlert
  /** The same at every attempt. */
  readonly deliveryId: string
  /** Pages of Tocsin; absent where the operator has not said where those are (`PUBLIC_URL`). */
  readonly links: { readonly event?: string; readonly delivery?: string; readonly webhook?: string }
  /** Whether somebody is only trying the webhook. */
  readonly test: boolean
}

/** One event or, for formats that take batches, several. */
export type FormatEvents = readonly [FormatEvent, ...FormatEvent[]]
