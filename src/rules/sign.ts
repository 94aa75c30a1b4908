import { hmac as shortHmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Signer } from '../plugin/format.ts'
import { readSecretKey, type SecretKey } from '../plugin/secret-key.ts'

const encoder = new TextEncoder()

/** Keys by kind and secret: making one costs more than signing, and secrets are few. */
function remembering<Key>(): (id: string, make: () => Key) => Key {
  const keys = new Map<string, Key>()
  return (id, make) => {
    const known = keys.get(id)
    if (known !== undefined) return known
    if (keys.size >= mostKeys) keys.clear()
    const key = make()
    keys.set(id, key)
    return key
  }
}

const mostKeys = 1000
const remembered = remembering<Promise<CryptoKey>>()
const rememberedShort = remembering<ReturnType<typeof shortHmac.create>>()

/** Up to here WebCrypto takes longer to hand a text to another thread than it takes to sign it here. */
const shortBytes = 4096
const algorithm = { name: 'HMAC', hash: 'SHA-256' }

async function hmac(secret: string, kind: 'text' | 'base64', text: Uint8Array<ArrayBuffer>) {
  const id = `${kind} ${secret}`
  if (text.length <= shortBytes) {
    const key = rememberedShort(id, () => shortHmac.create(sha256, keyBytes(secret, kind)))
    return key.clone().update(text).digest()
  }
  const key = await remembered(id, () =>
    crypto.subtle.importKey('raw', keyBytes(secret, kind), algorithm, false, ['sign']),
  )
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, text))
}

function keyBytes(secret: string, kind: 'text' | 'base64'): Uint8Array<ArrayBuffer> {
  const bytes = kind === 'text' ? encoder.encode(secret) : readSecretKey(secret)?.bytes
  if (bytes === undefined) throw new TypeError('The secret is no base64.')
  if (bytes.length === 0) throw new TypeError('The secret is empty: anybody could sign.')
  return bytes
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
