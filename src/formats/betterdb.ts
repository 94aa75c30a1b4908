import { defineFormat, hex } from 'tocsin/plugin'

/**
 * Seed 1, "Payload Format", "HTTP Headers", "Signature Algorithm": HMAC-SHA256 over
 * `timestamp.payload`, bare lower-case hex. The signed timestamp is the attempt's, so that a retry
 * is not refused as a replay (FORMATS 1.1, C6); the one in the body is the event's.
 */
export const betterdb = defineFormat({
  name: 'betterdb',
  title: 'BetterDB',
  summary: 'Receivers written for BetterDB webhooks, and any that take plain JSON.',
  render([{ id, type, timestamp, instance, dataText }]) {
    const head = JSON.stringify({
      id,
      event: type,
      timestamp,
      ...(instance && { instance: { host: instance.host, port: instance.port } }),
    })
    return { body: `${head.slice(0, -1)},"data":${dataText}}` }
  },
  async headers({ events: [event], body, timestamp, context, signer }) {
    const [signature, previous] = await signer.hmac(`${timestamp}.${body}`)
    return {
      'User-Agent': 'BetterDB-Monitor/1.0',
      ...(signature && { 'X-Webhook-Signature': hex(signature) }),
      'X-Webhook-Timestamp': String(timestamp),
      'X-Webhook-Id': context.webhook.id,
      'X-Webhook-Delivery-Id': event.deliveryId,
      'X-Webhook-Event': event.type,
      // The header above holds one signature: while a rotation lasts, the old secret's is beside it.
      ...(previous && { 'X-Webhook-Signature-Previous': hex(previous) }),
    }
  },
})
