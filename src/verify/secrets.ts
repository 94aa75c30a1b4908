import { type Bytes, base64 } from './bytes.ts'
import { type Refused, refuse } from './result.ts'

/**
 * Those secrets that only sender and receiver know. A public key is none: whoever knows it could
 * sign with it.
 */
export function sharedSecrets(secrets: readonly string[]): readonly string[] | Refused {
  const shared = secrets.filter((secret) => !secret.startsWith('whpk_'))
  if (shared.length > 0) return shared
  return refuse('unusable_secret', 'a whpk_ key serves the standard scheme only (v1a)')
}

/** A secret of Standard Webhooks, by what it is for. */
export type StandardKey =
  | { readonly version: 'v1'; readonly key: Bytes }
  /** The public key; `seed` is the private one's, which only a sender has. */
  | { readonly version: 'v1a'; readonly key: Bytes; readonly seed?: Bytes }

/**
 * Reads `whsec_` and base64 (the prefix and the padding may be missing), `whpk_` and 32 bytes, or
 * `whsk_` and 64: seed and public key. Undefined where it is none of these.
 */
export function standardKey(secret: string): StandardKey | undefined {
  const [, prefix = 'whsec_', text = ''] = /^(whsec_|whpk_|whsk_)?(.*)$/s.exec(secret) ?? []
  const bare = text.replace(/=+$/, '')
  const bytes = base64.decode(bare.padEnd(Math.ceil(bare.length / 4) * 4, '='))
  if (bytes === undefined || bytes.length === 0) return undefined
  if (prefix === 'whsec_') return { version: 'v1', key: bytes }
  if (prefix === 'whpk_') return bytes.length === 32 ? { version: 'v1a', key: bytes } : undefined
  if (bytes.length !== 64) return undefined
  return { version: 'v1a', key: bytes.slice(32), seed: bytes.slice(0, 32) }
}
