import { z } from '@hono/zod-openapi'
import type { CatalogEvent } from '../../rules/catalog.ts'
import type { Event, EventDelivery } from '../../store/events.ts'
import { payloadExample, payloadJsonSchema } from '../payload-schema.ts'

const storedData = z.record(z.string(), z.unknown())

/** An event as answers show it; of `deliveries`, those that are its own. */
export function presentEvent(row: Event, deliveries: readonly EventDelivery[]) {
  return {
    id: row.id,
    type: row.type,
    severity: row.severity,
    timestamp: row.occurredAt.getTime(),
    instance: instanceOf(row),
    subject: row.subject,
    data: storedData.parse(JSON.parse(row.data)),
    source: row.source,
    deliveries: deliveries
      .filter(({ eventId }) => eventId === row.id)
      .map(({ id, webhookId, status }) => ({ id, webhookId, status })),
  }
}

function instanceOf({ instanceId, host, port }: Event) {
  if (host === null || port === null) return null
  return { ...(instanceId !== null && { id: instanceId }), host, port }
}

/** An event type as answers show it. */
export function presentEventType({ declaration, plugin }: CatalogEvent) {
  const { type, tier, severity, summary, threshold } = declaration
  return {
    type,
    plugin,
    tier,
    severity,
    summary,
    ...(threshold && {
      threshold: {
        key: threshold.key,
        default: threshold.default,
        ...(threshold.min !== undefined && { min: threshold.min }),
        ...(threshold.max !== undefined && { max: threshold.max }),
        ...(threshold.unit !== undefined && { unit: threshold.unit }),
        direction: threshold.direction ?? ('above' as const),
      },
    }),
    example: payloadExample(declaration),
    schema: payloadJsonSchema(declaration),
  }
}
