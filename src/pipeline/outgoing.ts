import type { EventDeclaration, Severity } from '../plugin/event.ts'
import type {
  FormatAlert,
  FormatEvent,
  FormatInstance,
  FormatThreshold,
} from '../plugin/format-event.ts'
import type { Catalog } from '../rules/catalog.ts'
import { sha256 } from '../rules/digest.ts'
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

/** What a format sees of an event. What needs its data parsed is worked out when it is asked for. */
export async function toFormatEvent(
  outgoing: Outgoing,
  catalog: Catalog,
  sender: Sender,
): Promise<FormatEvent> {
  const { eventId, deliveryId, webhookId, type, subject, occurredAt, data } = outgoing
  const declaration = catalog.events.get(type)?.declaration
  let parsed: Record<string, unknown> | undefined
  const read = () => {
    parsed ??= JSON.parse(data) as Record<string, unknown>
    return parsed
  }
  const severity: Severity = declaration?.severity ?? parseSeverity(outgoing.severity)
  const alert = await alertOf({ ...outgoing, severity }, declaration, read, catalog)
  return {
    id: eventId,
    type,
    timestamp: occurredAt.getTime(),
    severity,
    tier: declaration?.tier ?? 'community',
    meaning: declaration?.meaning,
    summary: declaration?.summary ?? type,
    get message() {
      return text(read().message) ?? declaration?.summary ?? type
    },
    subject,
    ...(outgoing.instance && { instance: outgoing.instance }),
    get data() {
      return read()
    },
    dataText: data,
    get threshold() {
      return thresholdOf(declaration, read())
    },
    alert,
    deliveryId,
    links: linksTo(sender, { event: eventId, delivery: deliveryId, webhook: webhookId }),
    test: outgoing.test === true,
  }
}

async function alertOf(
  {
    webhookId,
    type,
    severity,
    subject,
    occurredAt,
    instance,
    test,
  }: Outgoing & { severity: Severity },
  declaration: EventDeclaration | undefined,
  read: () => Record<string, unknown>,
  catalog: Catalog,
): Promise<FormatAlert> {
  const cleared = type === alertResolved.type
  const raisedBy = (cleared ? text(read().event) : declaration?.resolves) ?? type
  const resolved = cleared || declaration?.resolves !== undefined
  const place = instance?.id ?? (instance ? `${instance.host}:${instance.port}` : '')
  const parts = [webhookId, place, raisedBy, subject, ...(test ? ['test'] : [])]
  const key = parts.filter((part) => part !== '').join('/')
  const since = cleared ? Number(read().since) : occurredAt.getTime()
  return {
    key: key.length > longestKey || !/^[\x21-\x7e]*$/.test(key) ? await sha256(key) : key,
    state: resolved ? 'resolved' : 'firing',
    type: raisedBy,
    severity: catalog.events.get(raisedBy)?.declaration.severity ?? severity,
    lasting: resolved || declaration?.threshold !== undefined || endedByAnother(catalog, type),
    since,
  }
}

function endedByAnother({ events }: Catalog, type: string): boolean {
  for (const { declaration } of events.values()) if (declaration.resolves === type) return true
  return false
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
