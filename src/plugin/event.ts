import type { z } from 'zod'

/** Licence levels, lowest first; each includes the events of the ones before it (seed 1, "Event Types"). */
export const tiers = ['community', 'pro', 'enterprise'] as const
export type Tier = (typeof tiers)[number]

/** How bad an event is, mildest first. */
export const severities = ['info', 'warning', 'error', 'critical'] as const
export type Severity = (typeof severities)[number]

/** `connection_failed`: the server does not answer; `healthy`: it was looked at and does. */
export type EventMeaning = 'connection_failed' | 'healthy'

/** A value that each webhook may set its own limit for, with hysteresis. */
export interface Threshold<Data> {
  /** Name of the setting in a webhook's `thresholds`, such as `memoryCriticalPercent`. */
  readonly key: string
  /** The limit when a webhook sets none. With `auto` declared, 0 means "use the baseline". */
  readonly default: number
  /** Least whole number a webhook may set. Default 0. */
  readonly min?: number
  /** Greatest whole number a webhook may set. Default: none. */
  readonly max?: number
  /** What the number counts, for people: `%`, `s`, `ms`, `entries`. */
  readonly unit?: string
  /** What people call the number, such as `Memory`: it is then shown with the instance at first sight. */
  readonly title?: string
  /** `above` (the default) fires at `value >= threshold`; `below` at `value <= threshold`. */
  readonly direction?: 'above' | 'below'
  /** The number a threshold is held against. */
  value(data: Data): number
  /** The baseline limit, used where the effective threshold is 0. */
  auto?(data: Data): number
}

/** One event type: its name, its place in the tiers, the shape of its data. */
export interface EventDeclaration<
  Type extends string = string,
  Schema extends z.ZodObject = z.ZodObject,
> {
  /** Lower-case words joined by dots, such as `memory.critical`. */
  readonly type: Type
  readonly tier: Tier
  readonly severity: Severity
  /** One sentence for people: what happened. */
  readonly summary: string
  /** The reading. `message`, and `threshold` where one is declared, are added when it is sent. */
  readonly data: Schema
  /** The data of a whole payload as a receiver sees it, `message` and `threshold` included. */
  readonly example: z.input<Schema> & { readonly message: string; readonly threshold?: number }
  readonly threshold?: Threshold<z.output<Schema>>
  /** What other products have a name of their own for. */
  readonly meaning?: EventMeaning
  /** The event type whose trouble this one ends, for receivers that keep alerts open until then. */
  readonly resolves?: string
  /** One line for people. `threshold` is the limit of the webhook it is written for, 0 without one. */
  message(data: z.output<Schema>, threshold: number): string
}

/** Declares an event type. Returns its argument, typed. */
export function defineEvent<const Type extends string, Schema extends z.ZodObject>(
  event: EventDeclaration<Type, Schema>,
): EventDeclaration<Type, Schema> {
  return event
}
