import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'

type Bytes = Uint8Array<ArrayBuffer>

/** Signs bytes with one key. */
export type SignBytes = (bytes: Bytes) => Uint8Array | Promise<Uint8Array>

/** How a runtime makes keys ready to sign with: once for each, and often signed with. */
export interface SigningKeys {
  /** HMAC-SHA256. */
  hmac(key: Bytes): SignBytes
  /** Ed25519, by the 32 bytes of the seed. */
  ed25519(seed: Bytes): SignBytes | Promise<SignBytes>
}

/** Up to here WebCrypto takes longer to hand a text to another thread than it takes to sign it here. */
const shortBytes = 4096
const algorithm = { name: 'HMAC', hash: 'SHA-256' }

/** Of any runtime: by WebCrypto. */
export const portableKeys: SigningKeys = {
  hmac(bytes) {
    const short = hmac.create(sha256, bytes)
    let long: Promise<CryptoKey> | undefined
    return async (text) => {
      if (text.length <= shortBytes) return short.clone().update(text).digest()
      long ??= crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
      return new Uint8Array(await crypto.subtle.sign('HMAC', await long, text))
    }
  },
  async ed25519(seed) {
    const der = ed25519Key(seed)
    const key = await crypto.subtle.importKey('pkcs8', der, { name: 'Ed25519' }, false, ['sign'])
    return async (text) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, text))
  },
}

/** DER of a PKCS #8 private key of Ed25519, up to the 32 bytes of its seed (RFC 8410, section 7). */
const pkcs8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

/** A seed as cryptographic libraries import it: DER of PKCS #8. */
export function ed25519Key(seed: Bytes): Bytes {
  return Uint8Array.from([...pkcs8, ...seed])
}
