import { authorizationOf } from './authorization.ts'
import { type Bytes, base64, concatenate, hex, utf8 } from './bytes.ts'
import { hmac } from './hmac.ts'
import { type Profile, previous, profiles, signedBytes } from './profiles.ts'
import { bytesOf } from './request.ts'
import { type Scheme, schemes } from './result.ts'
import { type StandardKey, standardKey } from './secrets.ts'
import { standardBytes, standardHeaders } from './standard.ts'

export interface SignOptions {
  readonly scheme: Scheme
  /** The webhook's secret, a `whsk_` key to sign v1a; the new and the old one as in a rotation. */
  readonly secret: string | readonly string[]
  readonly body: string | ArrayBuffer | ArrayBufferView
  /** Epoch milliseconds; the clock by default. */
  readonly timestamp?: number | undefined
  /** `webhook-id` of the standard scheme; a random one by default. */
  readonly id?: string | undefined
}

/**
 * The headers that prove a request genuine, as the service makes them: to test a receiver with.
 * Throws a `TypeError` where the secret does not fit the scheme.
 */
export async function sign(options: SignOptions): Promise<Record<string, string>> {
  const { scheme, secret, timestamp = Date.now() } = options
  const [first, ...more] = typeof secret === 'string' ? [secret] : secret
  const body = bytesOf(options.body)
  if (!first || !body) throw new TypeError('sign needs a secret, and a body as text or bytes')
  if (!schemes.includes(scheme)) {
    throw new TypeError(`sign knows no scheme ${scheme}; use one of ${schemes.join(', ')}`)
  }
  if (scheme === 'basic' || scheme === 'bearer') {
    return { Authorization: authorizationOf(scheme, first) }
  }
  if (scheme !== 'standard') return signProfile(profiles[scheme], first, more, timestamp, body)

  const id = options.id ?? `msg_${hex.encode(crypto.getRandomValues(new Uint8Array(16)))}`
  if (!/^[!-~]+$/.test(id) || id.includes('.')) {
    throw new TypeError('an id is visible ASCII without a dot')
  }
  const stamp = String(Math.floor(timestamp / 1000))
  const signed = standardBytes(id, stamp, body)
  const signatures = [first, ...more].map(async (it) => signStandard(standardKey(it), signed))
  return {
    [standardHeaders.id]: id,
    [standardHeaders.timestamp]: stamp,
    [standardHeaders.signatures]: (await Promise.all(signatures)).join(' '),
  }
}

async function signProfile(
  profile: Profile,
  secret: string,
  [old]: readonly string[],
  timestamp: number,
  body: Bytes,
): Promise<Record<string, string>> {
  const stamp = profile.timestamp && String(timestamp)
  const signed = signedBytes(stamp, body)
  const signature = async (key: string) =>
    profile.prefix + profile.encoding.encode(await hmac(utf8(key), signed))
  return {
    [profile.header]: await signature(secret),
    ...(profile.timestamp && stamp && { [profile.timestamp]: stamp }),
    ...(old && { [previous(profile.header)]: await signature(old) }),
  }
}

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410, section 7). */
const pkcs8 = '302e020100300506032b657004220420'

async function signStandard(key: StandardKey | undefined, signed: Bytes): Promise<string> {
  if (key?.version === 'v1') return `v1,${base64.encode(await hmac(key.key, signed))}`
  const head = hex.decode(pkcs8)
  if (!key?.seed || !head) {
    throw new TypeError('the standard scheme signs with whsec_ and base64, or with a whsk_ key')
  }
  const seed = concatenate(head, key.seed)
  const imported = await crypto.subtle.importKey('pkcs8', seed, 'Ed25519', false, ['sign'])
  const signature = await crypto.subtle.sign('Ed25519', imported, signed)
  return `v1a,${base64.encode(new Uint8Array(signature))}`
}
