import { AddressError, parseAddress } from '../rules/address.ts'
import { checkHost, type TargetPolicy } from '../rules/target.ts'
import { invalid } from './problem.ts'

/** Why a URL of a server cannot be used; undefined where it can. */
export function urlFault(url: string): string | undefined {
  try {
    parseAddress(url)
    return undefined
  } catch (error) {
    if (error instanceof AddressError) return error.message
    throw error
  }
}

/** Refuses a server that this runtime cannot reach; those that reach private networks reach all. */
export function requireReachable(url: string, policy: TargetPolicy): void {
  if (policy.publicOnly === undefined) return
  const verdict = checkHost(parseAddress(url).host, policy)
  if (!verdict.ok) throw invalid([{ pointer: '/url', message: verdict.reason }])
}

/** Why a URL whose password is redacted is refused. */
export const redactedPassword =
  'Its password is ***, as redacted ones are; write the password itself, percent-encoded'

/** Whether the password of a URL is redacted, as answers show it. */
export function isPasswordRedacted(url: string): boolean {
  return urlFault(url) === undefined && parseAddress(url).password === '***'
}

/**
 * The URL to keep for one sent in place of `stored`: with the stored password where the sent one is
 * redacted. Undefined where that would tell it to another server or user, or without TLS.
 */
export function withStoredPassword(sent: string, stored: string): string | undefined {
  if (!isPasswordRedacted(sent)) return sent
  const now = parseAddress(sent)
  const before = parseAddress(stored)
  const same =
    now.host === before.host && now.port === before.port && now.username === before.username
  if (!same || (before.tls && !now.tls) || before.password === undefined) return undefined
  const url = new URL(sent)
  url.password = new URL(stored).password
  return url.href
}
