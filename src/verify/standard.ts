import { type Bytes, base64, concatenate, utf8 } from './bytes.ts'
import { isHmac } from './hmac.ts'
import { missing, noMatch } from './profiles.ts'
import { type Incoming, momentOf } from './request.ts'
import { type Refused, refuse } from './result.ts'
import { type StandardKey, standardKey } from './secrets.ts'

/** Standard Webhooks 1.0.0, the headers of a request. */
export const standardHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signatures: 'webhook-signature',
} as const

export function standardBytes(id: string, stamp: string, body: Bytes): Bytes {
  return concatenate(utf8(`${id}.${stamp}.`), body)
}

/** v1 (HMAC) with each secret, v1a (ed25519) with each public key. Other versions are passed over. */
export async function verifyStandard(
  incoming: Incoming,
  secrets: readonly string[],
): Promise<{ readonly timestamp: number; readonly id: string } | Refused> {
  const [id, stamp, list] = Object.values(standardHeaders).map((name) => incoming.header(name))
  if (!id) return missing(standardHeaders.id)
  if (stamp === undefined) return missing(standardHeaders.timestamp)
  if (list === undefined) return missing(standardHeaders.signatures)
  if (id.includes('.')) return refuse('malformed', `${standardHeaders.id} holds a dot`)
  const keys = secrets.flatMap((secret) => standardKey(secret) ?? [])
  if (keys.length === 0) {
    return refuse('unusable_secret', 'the secret is neither whsec_ with base64 nor a whpk_ key')
  }
  const timestamp = momentOf(incoming, standardHeaders.timestamp, stamp, 1000)
  if (typeof timestamp !== 'number') return timestamp

  const signed = standardBytes(id, stamp, incoming.body)
  for (const entry of list.split(' ')) {
    const [version, text = '', ...more] = entry.split(',')
    const signature = more.length === 0 ? base64.decode(text) : undefined
    if (signature === undefined) continue
    for (const key of keys) {
      if (key.version !== version) continue
      const matches = await isSigned(key, signature, signed)
      if (matches === undefined) {
        return refuse('unusable_secret', 'this runtime has no Ed25519; use a whsec_ secret')
      }
      if (matches) return { timestamp, id }
    }
  }
  return refuse('bad_signature', noMatch(standardHeaders.signatures))
}

/** Undefined where the runtime cannot tell. */
async function isSigned(
  { version, key }: StandardKey,
  signature: Bytes,
  signed: Bytes,
): Promise<boolean | undefined> {
  if (version === 'v1') return isHmac(key, signature, signed)
  const imported = await crypto.subtle
    .importKey('raw', key, 'Ed25519', false, ['verify'])
    .catch(() => undefined)
  return imported && crypto.subtle.verify('Ed25519', imported, signature, signed)
}
