import { base64, type FormatAttempt } from 'tocsin/plugin'

/**
 * Standard Webhooks 1.0.0: `webhook-id`, `webhook-timestamp` in seconds, `webhook-signature` with v1
 * for each shared secret and v1a for each `whsk_` key, the newest first.
 */
export async function standardHeaders({
  events: [event],
  timestamp,
  body,
  signer,
}: FormatAttempt): Promise<Record<string, string>> {
  const seconds = Math.floor(timestamp / 1000)
  const text = `${event.id}.${seconds}.${body}`
  const [shared, keyed] = await Promise.all([signer.hmac(text, 'base64'), signer.ed25519(text)])
  const signatures = [
    ...shared.map((signature) => `v1,${base64(signature)}`),
    ...keyed.map((signature) => `v1a,${base64(signature)}`),
  ]
  return {
    'webhook-id': event.id,
    'webhook-timestamp': String(seconds),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  }
}
