import type { EventDeclaration, Severity } from '../plugin/event.ts'
import type {
  FormatAlert,
  FormatEvent,
  FormatInstance,
  FormatThreshold,
} from '../plugin/format-event.ts'
import type { Catalog } from '../rules/catalog.ts'
import { sha256AtOnce } from '../rules/digest.ts'
import { alertResolved } from '../rules/operational.ts'
import { linksTo, type Sender } from '../rules/sender.ts'
import { parseSeverity } from '../rules/severity.ts'

/** An event about to be sent, as the pipeline knows it. */
export interface Outgoing {
  readonly eventId: string
  readonly deliveryId: string
  readonly webhookId: string
  readonly type: string
  readonly severity: string
  readonly occurredAt: Date
  readonly subject: string
  readonly instance?: FormatInstance | undefined
  /** JSON text. */
  readonly data: string
  readonly test?: boolean
}

/** Longer keys are hashed: some receivers take no more. */
const longestKey = 200

/** What a format sees of an event. */
export function toFormatEvent(outgoing: Outgoing, catalog: Catalog, sender: Sender): FormatEvent {
  const { eventId, deliveryId, webhookId, type, subject, occurredAt, instance } = outgoing
  const declaration = catalog.events.get(type)?.declaration
  // Plain values, though few formats need them all: getters take twice as long to make as this to read.
  const data = JSON.parse(outgoing.data) as Record<string, unknown>
  const severity: Severity = declaration?.severity ?? parseSeverity(outgoing.severity)
  const event: FormatEvent = {
    id: eventId,
    type,
    timestamp: occurredAt.getTime(),
    severity,
    tier: declaration?.tier ?? 'community',
    meaning: declaration?.meaning,
    summary: declaration?.summary ?? type,
    message: text(data.message) ?? declaration?.summary ?? type,
    subject,
    data,
    dataText: outgoing.data,
    threshold: thresholdOf(declaration, data),
    alert: alertOf(outgoing, severity, declaration, data, catalog),
    deliveryId,
    links: linksTo(sender, { event: eventId, delivery: deliveryId, webhook: webhookId }),
    test: outgoing.test === true,
  }
  return instance === undefined ? event : { ...event, instance }
}

function alertOf(
  { webhookId, type, subject, occurredAt, instance, test }: Outgoing,
  severity: Severity,
  declaration: EventDeclaration | undefined,
  data: Readonly<Record<string, unknown>>,
  catalog: Catalog,
): FormatAlert {
  const cleared = type === alertResolved.type
  const raisedBy = (cleared ? text(data.event) : declaration?.resolves) ?? type
  const resolved = cleared || declaration?.resolves !== undefined
  const place = instance?.id ?? (instance ? `${instance.host}:${instance.port}` : '')
  let key = webhookId
  for (const part of [place, raisedBy, subject, test ? 'test' : ''])
    if (part !== '') key += `/${part}`
  const since = cleared ? Number(data.since) : occurredAt.getTime()
  return {
    key: key.length > longestKey || !/^[\x21-\x7e]*$/.test(key) ? sha256AtOnce(key) : key,
    state: resolved ? 'resolved' : 'firing',
    type: raisedBy,
    severity: catalog.events.get(raisedBy)?.declaration.severity ?? severity,
    lasting: resolved || declaration?.threshold !== undefined || endedByOthers(catalog).has(type),
    since,
  }
}

const ended = new WeakMap<Catalog, ReadonlySet<string>>()

/** Event types that another type resolves. */
function endedByOthers(catalog: Catalog): ReadonlySet<string> {
  const known = ended.get(catalog)
  if (known !== undefined) return known
  const types = [...catalog.events.values()].flatMap(
    ({ declaration }) => declaration.resolves ?? [],
  )
  const fresh = new Set(types)
  ended.set(catalog, fresh)
  return fresh
}

function thresholdOf(
  declaration: EventDeclaration | undefined,
  data: Record<string, unknown>,
): FormatThreshold | undefined {
  const { threshold } = declaration ?? {}
  if (threshold === undefined) return undefined
  const { key, unit, direction = 'above' } = threshold
  const limit = Number(data.threshold)
  const value = threshold.value(data)
  return { key, limit, value, ...(unit !== undefined && { unit }), direction }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
