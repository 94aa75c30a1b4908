import type { Signer } from '../plugin/format.ts'
import { readSecretKey, type SecretKey } from '../plugin/secret-key.ts'

const encoder = new TextEncoder()

/** Imported keys by kind and secret: importing costs more than signing, and secrets are few. */
const keys = new Map<string, Promise<CryptoKey>>()
const mostKeys = 1000

function remembered(id: string, load: () => Promise<CryptoKey>): Promise<CryptoKey> {
  const known = keys.get(id)
  if (known !== undefined) return known
  if (keys.size >= mostKeys) keys.clear()
  const key = load()
  keys.set(id, key)
  return key
}

const hmacAlgorithm = { name: 'HMAC', hash: 'SHA-256' }

function hmacKey(secret: string, kind: 'text' | 'base64'): Promise<CryptoKey> {
  return remembered(`${kind} ${secret}`, () => {
    const bytes = kind === 'text' ? encoder.encode(secret) : readSecretKey(secret)?.bytes
    if (bytes === undefined) throw new TypeError('The secret is no base64.')
    return crypto.subtle.importKey('raw', bytes, hmacAlgorithm, false, ['sign'])
  })
}

async function hmac(secret: string, kind: 'text' | 'base64', text: Uint8Array<ArrayBuffer>) {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey(secret, kind), text))
}

/** DER of a PKCS #8 private key of Ed25519, up to the 32 bytes of its seed (RFC 8410, section 7). */
const pkcs8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

async function ed25519(secret: string, text: Uint8Array<ArrayBuffer>) {
  const key = await remembered(`ed25519 ${secret}`, () => {
    const der = Uint8Array.from([...pkcs8, ...(readSecretKey(secret)?.bytes ?? [])])
    return crypto.subtle.importKey('pkcs8', der, { name: 'Ed25519' }, false, ['sign'])
  })
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, text))
}

/** A signer with these secrets, the newest first. */
export function createSigner(secrets: readonly string[]): Signer {
  const ofKind = (kind: SecretKey['kind']) =>
    secrets.filter((secret) => readSecretKey(secret)?.kind === kind)
  const [shared, keyed] = [ofKind('hmac'), ofKind('ed25519')]
  return {
    hmac(text, kind = 'text') {
      const bytes = encoder.encode(text)
      const fitting = kind === 'text' ? secrets : shared
      return Promise.all(fitting.map((secret) => hmac(secret, kind, bytes)))
    },
    ed25519(text) {
      const bytes = encoder.encode(text)
      return Promise.all(keyed.map((secret) => ed25519(secret, bytes)))
    },
  }
}

/** HMAC-SHA256 over the UTF-8 bytes of `text`; the key is the UTF-8 of the whole secret. */
export function hmacSha256(secret: string, text: string): Promise<Uint8Array> {
  return hmac(secret, 'text', encoder.encode(text))
}
