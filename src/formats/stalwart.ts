import { base64, defineFormat, type FormatEvent, instant } from 'tocsin/plugin'
import { bodySignature } from './body-signature.ts'

/**
 * Seed 5: events in batches, base64 of HMAC-SHA256 of the body in `X-Signature`. An id is the event's
 * own and stays the same however often it is sent.
 */
export const stalwart = defineFormat({
  name: 'stalwart',
  title: 'Stalwart',
  summary: 'Receivers written for Stalwart webhooks: events in batches.',
  batch: { most: 100, throttleMs: 1000 },
  discardAfterMs: 300_000,
  render: (events) => ({ body: JSON.stringify({ events: events.map(webhookEvent) }) }),
  headers: (attempt) => bodySignature(attempt, 'X-Signature', base64),
})

function webhookEvent({ id, type, timestamp, instance, data }: FormatEvent) {
  const address = instance && { host: instance.host, port: instance.port }
  return {
    id,
    createdAt: instant(timestamp),
    type,
    data: { ...(address && { instance: address }), ...data },
  }
}
