import { base64, utf8 } from './bytes.ts'
import { isSame } from './hmac.ts'
import { missing } from './profiles.ts'
import type { Incoming } from './request.ts'
import { type Refused, refuse } from './result.ts'
import { sharedSecrets } from './secrets.ts'

/** What the header holds for a secret: `user:password`, or a token (RFC 7617, RFC 6750). */
export function authorizationOf(scheme: 'basic' | 'bearer', secret: string): string {
  return scheme === 'basic' ? `Basic ${base64.encode(utf8(secret))}` : `Bearer ${secret}`
}

/** A secret in `Authorization`. It says who sends, and nothing about the body or the time. */
export async function verifyAuthorization(
  scheme: 'basic' | 'bearer',
  { header }: Incoming,
  secrets: readonly string[],
): Promise<{ readonly timestamp: undefined } | Refused> {
  const given = header('Authorization')
  if (given === undefined) return missing('Authorization')
  const keys = sharedSecrets(secrets)
  if ('ok' in keys) return keys
  if (scheme === 'basic' && !keys.some((key) => key.includes(':'))) {
    return refuse('unusable_secret', 'the secret of basic is user:password')
  }
  const [, name = '', credentials = ''] = /^(\S+) +(\S.*)$/.exec(given) ?? []
  const normal = utf8(`${name.toLowerCase()} ${credentials}`)
  for (const key of keys) {
    const expected = authorizationOf(scheme, key).slice(scheme.length)
    if (await isSame(utf8(scheme + expected), normal)) return { timestamp: undefined }
  }
  return refuse('bad_signature', 'Authorization does not match; check the secret')
}
