import { type Bytes, base64, concatenate, type Encoding, hex, utf8 } from './bytes.ts'
import { isHmac } from './hmac.ts'
import { type Incoming, momentOf } from './request.ts'
import { type Refused, refuse } from './result.ts'
import { sharedSecrets } from './secrets.ts'

/** HMAC-SHA256 in one header; the key is the UTF-8 of the whole secret, `whsec_` included. */
export interface Profile {
  readonly header: string
  /** What stands before the digits. */
  readonly prefix: '' | 'sha256=' | 'v0='
  readonly encoding: Encoding
  /** The header whose milliseconds and a dot are signed before the body; else the body alone is. */
  readonly timestamp?: string
  /** Whether the header may hold several, separated by commas, while a secret is rotated. */
  readonly several?: boolean
}

export type ProfileName = 'betterdb' | 'db24x7' | 'dakkio' | 'stalwart' | 'outpost'

/** Outpost's default, and seeds 1, 3, 4 and 5, "Signature Algorithm", "Signature Format", "Signature Verification". */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  betterdb: {
    header: 'X-Webhook-Signature',
    prefix: '',
    encoding: hex,
    timestamp: 'X-Webhook-Timestamp',
  },
  db24x7: { header: 'X-DB24x7-Signature', prefix: 'sha256=', encoding: hex },
  dakkio: { header: 'X-Webhook-Signature', prefix: 'sha256=', encoding: hex },
  stalwart: { header: 'X-Signature', prefix: '', encoding: base64 },
  outpost: { header: 'X-Outpost-Signature', prefix: 'v0=', encoding: hex, several: true },
}

/** While a rotation lasts, the old secret's signature comes in a header of this name's own. */
export const previous = (header: string) => `${header}-Previous`

export function signedBytes(stamp: string | undefined, body: Bytes): Bytes {
  return stamp === undefined ? body : concatenate(utf8(`${stamp}.`), body)
}

/** When it was signed, undefined where the profile signs no time; or why it is refused. */
export async function verifyProfile(
  profile: Profile,
  incoming: Incoming,
  secrets: readonly string[],
): Promise<{ readonly timestamp: number | undefined } | Refused> {
  const { header, body } = incoming
  const stamp = profile.timestamp && header(profile.timestamp)
  if (header(profile.header) === undefined) return missing(profile.header)
  if (profile.timestamp && stamp === undefined) return missing(profile.timestamp)
  const keys = sharedSecrets(secrets)
  if ('ok' in keys) return keys

  let timestamp: number | undefined
  if (profile.timestamp && stamp !== undefined) {
    const moment = momentOf(incoming, profile.timestamp, stamp, 1)
    if (typeof moment !== 'number') return moment
    timestamp = moment
  } else if (body[0] !== 0x7b) {
    // `timestamp.body`, signed for another scheme with the same secret, is no body of this one.
    return refuse('malformed', 'the body is not a JSON object')
  }

  const codes = [header(profile.header), header(previous(profile.header))].flatMap((text) =>
    decode(profile, text),
  )
  const signed = signedBytes(stamp, body)
  for (const code of codes) {
    for (const key of keys) if (await isHmac(utf8(key), code, signed)) return { timestamp }
  }
  return refuse('bad_signature', noMatch(profile.header))
}

export const missing = (name: string) => refuse('missing_header', `${name} is missing`)

export const noMatch = (name: string) =>
  `${name} does not match; check the secret, and pass the body as it arrived`

function decode({ prefix, encoding, several }: Profile, text: string | undefined): Bytes[] {
  if (!text?.startsWith(prefix)) return []
  const codes = text.slice(prefix.length)
  return (several ? codes.split(',', 10) : [codes]).flatMap((one) => {
    const code = encoding.decode(one)
    return code?.length === 32 ? [code] : []
  })
}
