import { sha256 as digestOf } from '@noble/hashes/sha2.js'
import { hex } from '../plugin/bytes.ts'

/** SHA-256 in lower-case hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return hex(new Uint8Array(digest))
}

/** The same without waiting; slower for long texts. */
export function sha256AtOnce(text: string): string {
  return hex(digestOf(new TextEncoder().encode(text)))
}

/** Whether two digests are the same, in a time that does not tell how far they agree. */
export function sameDigest(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let at = 0; at < one.length; at += 1)
    difference |= one.charCodeAt(at) ^ other.charCodeAt(at % (other.length || 1))
  return difference === 0
}
