/** The bytes a signing secret of Standard Webhooks stands for. */
export interface SecretKey {
  readonly kind: 'hmac' | 'ed25519'
  /** The key; of ed25519 the 32 bytes of its seed. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Reads a secret of Standard Webhooks: base64, padded or not, after `whsec_` or nothing; or after
 * `whsk_` 64 bytes, seed and public key (as Svix does), or the seed alone. Undefined for any other.
 */
export function readSecretKey(secret: string): SecretKey | undefined {
  const [, prefix, text = ''] = /^(whsec_|whsk_)?(.*)$/s.exec(secret) ?? []
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const digits = text.replace(/=+$/, '')
  if (digits.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(atob(digits), (character) => character.charCodeAt(0))
  if (prefix !== 'whsk_') return { kind: 'hmac', bytes }
  if (bytes.length !== 64 && bytes.length !== 32) return undefined
  return { kind: 'ed25519', bytes: bytes.slice(0, 32) }
}
