import type { Bytes } from './bytes.ts'

const algorithm = { name: 'HMAC', hash: 'SHA-256' }

const importKey = (key: Bytes, use: 'sign' | 'verify') =>
  crypto.subtle.importKey('raw', key, algorithm, false, [use])

export async function hmac(key: Bytes, signed: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(key, 'sign'), signed))
}

/** Compares in constant time; a code of another length is none. */
export async function isHmac(key: Bytes, code: Bytes, signed: Bytes): Promise<boolean> {
  return crypto.subtle.verify('HMAC', await importKey(key, 'verify'), code, signed)
}

/** Compares in a time that tells nothing of either: by codes under a key nobody knows. */
export async function isSame(left: Bytes, right: Bytes): Promise<boolean> {
  const key = crypto.getRandomValues(new Uint8Array(32))
  return isHmac(key, await hmac(key, left), right)
}
