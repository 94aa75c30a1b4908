import type { ErrorClass } from '../../rules/outcome.ts'
import { TransportError } from '../../rules/transport.ts'

/** How far an exchange came before it failed. */
export type Phase = 'queued' | 'connecting' | 'waiting' | 'reading'

const timeouts: Readonly<Record<Phase, string>> = {
  queued: 'no connection to HOST was free in time; earlier requests to it still hang',
  connecting: 'no connection to HOST in time',
  waiting: 'HOST accepted the request but did not answer in time',
  reading: 'HOST began to answer but did not finish in time',
}

const faults: Readonly<Record<string, readonly [ErrorClass, string]>> = {
  ENOTFOUND: ['dns', 'DNS: no such host NAME'],
  ENODATA: ['dns', 'DNS: NAME has no address'],
  EAI_AGAIN: ['dns', 'DNS: no name server answered for NAME'],
  ECONNREFUSED: ['refused', 'connection refused: nothing listens at HOST'],
  EHOSTUNREACH: ['unreachable', 'HOST is unreachable: no route to the host'],
  ENETUNREACH: ['unreachable', 'HOST is unreachable: no route to its network'],
  EHOSTDOWN: ['unreachable', 'HOST is unreachable: the host is down'],
  EADDRNOTAVAIL: ['unreachable', 'HOST is unreachable from this machine'],
  ETIMEDOUT: ['timeout', 'timeout: no connection to HOST in time'],
  ERR_INVALID_CHAR: ['network', 'nothing sent: a header value holds a character HTTP cannot carry'],
  UND_ERR_INVALID_ARG: ['network', 'nothing sent: a header is not one that HTTP can carry'],
  ERR_INVALID_HTTP_TOKEN: ['network', 'nothing sent: a header name is not one HTTP allows'],
  CERT_HAS_EXPIRED: ['tls', 'TLS: the certificate of HOST has expired'],
  CERT_NOT_YET_VALID: ['tls', 'TLS: the certificate of HOST is not valid yet; compare the clocks'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'TLS: the certificate of HOST is for another name'],
}

const selfSigned =
  'TLS: HOST has a self-signed certificate; use one of a known authority, or set allowInvalidCerts'
/** Deno reports wrong dates this way too. */
const unverified =
  'TLS: the certificate of HOST cannot be verified; look at its chain, its authority and its dates'

const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: unverified,
  UNABLE_TO_GET_ISSUER_CERT: unverified,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unverified,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unverified,
}

/** Codes of a connection that was cut by the other side. */
const cut: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET'])

export function isCut(error: unknown): boolean {
  return cut.has(codeOf(error))
}

/** What to say when the time was up. */
export function timedOut(url: URL, phase: Phase): TransportError {
  return new TransportError('timeout', `timeout: ${phrase(timeouts[phase], url)}`)
}

/** Names an error of the system in words. Only codes are read: messages may quote what was sent. */
export function faultOf(error: unknown, url: URL, phase: Phase): TransportError {
  if (error instanceof TransportError) return error
  const code = codeOf(error)
  const known = faults[code]
  if (known) return new TransportError(known[0], phrase(known[1], url))
  if (isCut(error)) {
    const when = phase === 'reading' ? 'in the middle of its answer' : 'without an answer'
    return new TransportError('reset', `reset: ${url.host} closed the connection ${when}`)
  }
  const trust = untrusted[code]
  if (trust) return new TransportError('tls', phrase(trust, url))
  if (/^(ERR_SSL_|ERR_TLS_|CERT_|EPROTO$)/.test(code)) {
    return new TransportError('tls', `TLS: no secure connection to ${url.host} (${code})`)
  }
  if (code.startsWith('EAI_')) {
    return new TransportError('dns', `DNS: ${url.hostname} cannot be looked up (${code})`)
  }
  if (code.startsWith('HPE_') || code === 'HTTPParserError') {
    return new TransportError('network', `${url.host} did not answer in HTTP/1.1 (${code})`)
  }
  return new TransportError('network', `the exchange with ${url.host} failed (${code})`)
}

function phrase(words: string, url: URL): string {
  return words.replace('HOST', () => url.host).replace('NAME', () => url.hostname)
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
