import { hex, hmacSha256 } from '../rules/sign.ts'
import type { Format } from './format.ts'

/**
 * Seed 1, "Payload Format", "HTTP Headers", "Signature Algorithm": HMAC-SHA256 over
 * `timestamp.payload`, bare lower-case hex. The signed timestamp is the attempt's, so that a retry
 * is not refused as a replay (FORMATS 1.1, C6); the one in the body is the event's.
 */
export const betterdb: Format = {
  name: 'betterdb',
  render({ id, type, timestamp, instance, data }) {
    const head = JSON.stringify({
      id,
      event: type,
      timestamp,
      ...(instance && { instance: { host: instance.host, port: instance.port } }),
    })
    return `${head.slice(0, -1)},"data":${data}}`
  },
  async headers({ webhookId, deliveryId, eventType, body, timestamp, secret, previousSecret }) {
    const signature = async (key: string) => hex(await hmacSha256(key, `${timestamp}.${body}`))
    return {
      'Content-Type': 'application/json',
      'User-Agent': 'BetterDB-Monitor/1.0',
      'X-Webhook-Signature': await signature(secret),
      'X-Webhook-Timestamp': String(timestamp),
      'X-Webhook-Id': webhookId,
      'X-Webhook-Delivery-Id': deliveryId,
      'X-Webhook-Event': eventType,
      // The header above holds one signature: while a rotation lasts, the old secret's is beside it.
      ...(previousSecret !== undefined && {
        'X-Webhook-Signature-Previous': await signature(previousSecret),
      }),
    }
  },
}
