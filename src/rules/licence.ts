import { z } from 'zod'
import { type Tier, tiers } from '../plugin/event.ts'

/** What a licence grants, or why it grants nothing. */
export type Licence =
  | { readonly ok: true; readonly tier: Tier; readonly expiresAt: number }
  | { readonly ok: false; readonly reason: string }

const claimsShape = z.object({ tier: z.enum(tiers), exp: z.int().min(0) })

/**
 * Reads an EdDSA-signed licence: a compact JWS (RFC 7515, RFC 8037) with the claims `tier` and `exp`
 * (epoch seconds). `publicKey` is the Ed25519 key, raw 32 bytes or SubjectPublicKeyInfo, base64 or PEM.
 * Verified offline.
 */
export async function readLicence(
  licence: string,
  publicKey: string,
  now: number,
): Promise<Licence> {
  const [header, claims, signature, more] = licence.trim().split('.')
  if (header === undefined || claims === undefined || signature === undefined || more !== undefined)
    return { ok: false, reason: 'it is not a signed licence (three parts joined by dots)' }
  const algorithm = z.object({ alg: z.literal('EdDSA') }).safeParse(decodeJson(header))
  if (!algorithm.success) return { ok: false, reason: 'it is not signed with EdDSA' }
  const key = await importKey(publicKey)
  if (key === undefined)
    return { ok: false, reason: 'TOCSIN_LICENSE_PUBLIC_KEY is not an Ed25519 public key' }
  const signed = new TextEncoder().encode(`${header}.${claims}`)
  const bytes = fromBase64Url(signature)
  if (bytes === undefined || !(await crypto.subtle.verify('Ed25519', key, bytes, signed)))
    return { ok: false, reason: 'its signature does not match TOCSIN_LICENSE_PUBLIC_KEY' }
  const granted = claimsShape.safeParse(decodeJson(claims))
  if (!granted.success) return { ok: false, reason: 'it lacks the claims tier and exp' }
  const expiresAt = granted.data.exp * 1000
  if (expiresAt <= now)
    return { ok: false, reason: `it expired on ${new Date(expiresAt).toISOString()}` }
  return { ok: true, tier: granted.data.tier, expiresAt }
}

/** The tier in force: the licence's while it is valid, community once it is not, else the setting. */
export function tierInForce(licence: Licence | undefined, setting: Tier, now: number): Tier {
  if (licence === undefined) return setting
  return licence.ok && licence.expiresAt > now ? licence.tier : 'community'
}

async function importKey(publicKey: string): Promise<CryptoKey | undefined> {
  const bytes = fromBase64Url(publicKey.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, ''))
  if (bytes === undefined) return undefined
  try {
    return await crypto.subtle.importKey(
      bytes.length === 32 ? 'raw' : 'spki',
      bytes,
      'Ed25519',
      false,
      ['verify'],
    )
  } catch {
    // Not a key of this kind: the caller says so, in the words of the setting it came from.
    return undefined
  }
}

function decodeJson(part: string): unknown {
  const bytes = fromBase64Url(part)
  if (bytes === undefined) return undefined
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // Not JSON: what is not there cannot match the shape that is asked for.
    return undefined
  }
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
