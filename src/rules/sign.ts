import type { Signer } from '../plugin/format.ts'
import { readSecretKey, type SecretKey } from '../plugin/secret-key.ts'
import { portableKeys, type SignBytes, type SigningKeys } from './signing-keys.ts'

type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

/** Keys by kind and secret: making one costs more than signing, and secrets are few. */
const remembered = new WeakMap<SigningKeys, Map<string, SignBytes | Promise<SignBytes>>>()
const mostKeys = 1000

function keyOf(keys: SigningKeys, kind: 'text' | SecretKey['kind'], secret: string) {
  const known = remembered.get(keys) ?? new Map<string, SignBytes | Promise<SignBytes>>()
  remembered.set(keys, known)
  const id = `${kind} ${secret}`
  const before = known.get(id)
  if (before !== undefined) return before
  if (known.size >= mostKeys) known.clear()
  const bytes = keyBytes(secret, kind)
  const key = kind === 'ed25519' ? keys.ed25519(bytes) : keys.hmac(bytes)
  known.set(id, key)
  return key
}

function keyBytes(secret: string, kind: 'text' | SecretKey['kind']): Bytes {
  const bytes = kind === 'text' ? encoder.encode(secret) : readSecretKey(secret)?.bytes
  if (bytes === undefined) throw new TypeError('The secret is no base64.')
  if (bytes.length === 0) throw new TypeError('The secret is empty: anybody could sign.')
  return bytes
}

/**
 * A signer with these secrets, the newest first. What is not read of them yet is read when first
 * signed with, and remembered.
 */
export function createSigner(secrets: readonly string[], keys: SigningKeys = portableKeys): Signer {
  const ofKind = (kind: SecretKey['kind']) =>
    secrets.filter((secret) => readSecretKey(secret)?.kind === kind)
  const fitting = { text: secrets, hmac: ofKind('hmac'), ed25519: ofKind('ed25519') }
  const ready: { [Kind in keyof typeof fitting]?: Promise<SignBytes[]> } = {}
  const sign = async (kind: keyof typeof fitting, text: string) => {
    if (fitting[kind].length === 0) return []
    ready[kind] ??= Promise.all(fitting[kind].map(async (secret) => keyOf(keys, kind, secret)))
    const bytes = encoder.encode(text)
    return Promise.all((await ready[kind]).map((key) => key(bytes)))
  }
  return {
    hmac: (text, key = 'text') => sign(key === 'text' ? 'text' : 'hmac', text),
    ed25519: (text) => sign('ed25519', text),
  }
}

/** HMAC-SHA256 over the UTF-8 bytes of `text`; the key is the UTF-8 of the whole secret. */
export async function hmacSha256(secret: string, text: string): Promise<Uint8Array> {
  return (await keyOf(portableKeys, 'text', secret))(encoder.encode(text))
}
