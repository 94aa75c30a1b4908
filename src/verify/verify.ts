import { verifyAuthorization } from './authorization.ts'
import { describe } from './payload.ts'
import { profiles, verifyProfile } from './profiles.ts'
import { bytesOf, type HeadersLike, type Incoming, lookup } from './request.ts'
import { refuse, type Scheme, schemes, type VerifyResult } from './result.ts'
import { standardHeaders, verifyStandard } from './standard.ts'

/** What stays the same from request to request. */
export interface VerifySettings {
  /**
   * The webhook's secret: as it stands in the webhook, or the `whpk_` public key; `user:password`
   * for `basic`, the token for `bearer`. Several while it is rotated. None throws a `TypeError`.
   */
  readonly secret: string | readonly string[]
  /**
   * How the webhook signs. Found by the headers where it is not named, but for `basic` and `bearer`:
   * a receiver of signed requests does not take unsigned ones because they say so.
   */
  readonly scheme?: Scheme | undefined
  /** How old, or how far ahead, a signed time may be. Default 300000: five minutes. */
  readonly toleranceMs?: number | undefined
  /** Epoch milliseconds; the clock by default. */
  readonly now?: number | (() => number) | undefined
}

/** One request: its parts, or a `Request`, whose body is left to be read. */
export type VerifyOptions = VerifySettings &
  (
    | {
        readonly headers: HeadersLike
        /** As it arrived. Parsed and printed again it is another text, and does not verify. */
        readonly body: string | ArrayBuffer | ArrayBufferView
      }
    | { readonly request: Request }
  )

/**
 * Verifies one request. Nothing a sender can put on the wire makes it throw; a missing secret or an
 * unknown scheme does, because it would otherwise look like forged requests. Compares in constant
 * time.
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const { secret, scheme, toleranceMs = 300_000, now = Date.now } = options
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (!secrets?.length || !secrets.every((it) => typeof it === 'string' && it)) {
    throw new TypeError('verify needs the secret of the webhook; it is empty or not set')
  }
  if (scheme !== undefined && !schemes.includes(scheme)) {
    throw new TypeError(`verify knows no scheme ${scheme}; use one of ${schemes.join(', ')}`)
  }
  const source = 'request' in options ? options.request : options
  const header = lookup(source.headers)
  const body = bytesOf('request' in options ? await bodyOf(options.request) : options.body)
  if (!body)
    return refuse('malformed', 'the body was read or parsed already; pass it as it arrived')
  const at = typeof now === 'function' ? now() : now
  return anyOf(scheme ? [scheme] : detect(header), { header, body, now: at, toleranceMs }, secrets)
}

/** Undefined where somebody has read it. */
async function bodyOf(request: Request): Promise<ArrayBuffer | undefined> {
  return request.bodyUsed ? undefined : request.clone().arrayBuffer()
}

/** The schemes whose signature a request brings: more than one where headers of two ride together. */
function detect(header: Incoming['header']): Scheme[] {
  const found: Scheme[] = []
  if (header(standardHeaders.signatures) !== undefined) found.push('standard')
  const webhook = header(profiles.betterdb.header)
  if (webhook !== undefined) {
    found.push(webhook.startsWith(profiles.dakkio.prefix) ? 'dakkio' : 'betterdb')
  }
  if (header(profiles.db24x7.header) !== undefined) found.push('db24x7')
  if (header(profiles.stalwart.header) !== undefined) found.push('stalwart')
  if (header(profiles.outpost.header) !== undefined) found.push('outpost')
  return found
}

/** The first scheme that verifies; else why not, by one that the secrets fit where there is one. */
async function anyOf(
  candidates: readonly Scheme[],
  incoming: Incoming,
  secrets: readonly string[],
): Promise<VerifyResult> {
  let refused = refuse('missing_header', noSignature)
  for (const [index, scheme] of candidates.entries()) {
    const result = await verifyAs(scheme, incoming, secrets)
    if (!('ok' in result)) return { ok: true, scheme, ...describe(incoming.body), ...result }
    if (index === 0 || refused.reason === 'unusable_secret') refused = result
  }
  return refused
}

const noSignature = `there is no signature: no ${[
  standardHeaders.signatures,
  ...Object.values(profiles).map(({ header }) => header),
]
  .filter((name, index, all) => all.indexOf(name) === index)
  .join(', ')}; basic and bearer are checked where they are named`

function verifyAs(scheme: Scheme, incoming: Incoming, secrets: readonly string[]) {
  switch (scheme) {
    case 'standard':
      return verifyStandard(incoming, secrets)
    case 'basic':
    case 'bearer':
      return verifyAuthorization(scheme, incoming, secrets)
    default:
      return verifyProfile(profiles[scheme], incoming, secrets)
  }
}
