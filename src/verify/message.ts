import { type Bytes, base64, utf8 } from './bytes.ts'
import { isHmac } from './hmac.ts'
import { bytesOf, type HeadersLike, lookup, momentOf } from './request.ts'
import { type Refused, refuse } from './result.ts'
import { standardKey } from './secrets.ts'

export interface VerifyMessageOptions {
  readonly method: string
  /** The whole URL, as the sender calls it: behind a proxy not the one a server sees. */
  readonly url: string
  readonly headers: HeadersLike
  /** As it arrived. */
  readonly body: string | ArrayBuffer | ArrayBufferView
  /** A `whpk_` public key (ed25519), or a shared secret: `whsec_` and base64, else as UTF-8. */
  readonly secret: string | readonly string[]
  /** How old, or how far ahead, `created` may be. Default 300000: five minutes. */
  readonly toleranceMs?: number | undefined
  /** Epoch milliseconds; the clock by default. */
  readonly now?: number | undefined
}

/** A genuine request, and which parts of it are signed. */
export interface VerifiedMessage {
  readonly ok: true
  readonly label: string
  readonly components: readonly string[]
  /** Epoch milliseconds. */
  readonly timestamp: number
}

/** What components are taken from. */
interface RequestLine extends Pick<VerifyMessageOptions, 'method' | 'url'> {
  readonly header: ReturnType<typeof lookup>
}

/** One signature of RFC 9421: its label, the components, and the parameters as they stand there. */
interface Input {
  readonly label: string
  readonly components: readonly string[]
  readonly params: string
}

/**
 * Verifies HTTP message signatures (RFC 9421: ed25519, hmac-sha256) of a request, whose body is signed
 * through `Content-Digest` (RFC 9530): a signature that does not cover it is refused.
 */
export async function verifyMessage(
  options: VerifyMessageOptions,
): Promise<VerifiedMessage | Refused> {
  const { method, url, secret, toleranceMs = 300_000, now = Date.now() } = options
  const header = lookup(options.headers)
  const body = bytesOf(options.body)
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (!secrets.length || !secrets.every((it) => it))
    throw new TypeError('verifyMessage needs a secret')
  if (!body) return refuse('malformed', 'the body was parsed already; pass it as it arrived')
  const [inputs, signatures] = [header('signature-input'), header('signature')]
  if (inputs === undefined) return refuse('missing_header', 'Signature-Input is missing')
  if (signatures === undefined) return refuse('missing_header', 'Signature is missing')
  let refused = refuse('malformed', 'Signature-Input holds nothing that is understood')
  for (const input of readInputs(inputs)) {
    const created = /;created=(\d{1,15})(;|$)/.exec(input.params)?.[1] ?? ''
    const incoming = { header, body, now, toleranceMs }
    const timestamp = momentOf(incoming, 'created of Signature-Input', created, 1000)
    const base = signatureBase(input, { method, url, header })
    const code = signatureOf(signatures, input.label)
    if (typeof timestamp !== 'number') refused = timestamp
    else if (!input.components.includes('content-digest'))
      refused = refuse('malformed', 'the signature does not cover content-digest, so not the body')
    else if (!(await digestFits(header('content-digest'), body)))
      refused = refuse('bad_signature', 'Content-Digest is not that of the body')
    else if (base === undefined || code === undefined)
      refused = refuse('missing_header', 'something that is signed, or its signature, is missing')
    else if (await isSigned(input.params, secrets, code, utf8(base)))
      return { ok: true, label: input.label, components: input.components, timestamp }
    else refused = refuse('bad_signature', 'Signature does not match; check the secret and the URL')
  }
  return refused
}

const inputOf =
  /(?:^|,\s*)([a-z*][\w.*-]*)=(\((?:"[a-z@][a-z0-9_-]*" ?)*\)(?:;[a-z]+=(?:"[^"\\]*"|\d+))*)(?=\s*(?:,|$))/g

/** Components with parameters of their own (`sf`, `bs`, `tr`, `req`) are passed over. */
function readInputs(text: string): Input[] {
  return [...text.matchAll(inputOf)].map(([, label = '', params = '']) => {
    const inner = params.slice(1, params.indexOf(')'))
    const components = [...inner.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
    return { label, components, params }
  })
}

/** Section 2.5. Undefined where a component is missing, twice there, or not understood. */
export function signatureBase(
  { components, params }: Pick<Input, 'components' | 'params'>,
  request: RequestLine,
): string | undefined {
  const values = components.map((name) => [name, componentOf(name, request)] as const)
  const isWhole = values.every(([, value]) => value !== undefined)
  if (!isWhole || new Set(components).size < components.length) return undefined
  const lines = values.map(([name, value]) => `"${name}": ${value}\n`)
  return `${lines.join('')}"@signature-params": ${params}`
}

function componentOf(name: string, { method, url, header }: RequestLine): string | undefined {
  if (!name.startsWith('@')) return header(name)?.trim()
  const { host, protocol, pathname, search } = new URL(url)
  switch (name) {
    case '@method':
      return method
    case '@target-uri':
      return url
    case '@authority':
      return host.toLowerCase()
    case '@scheme':
      return protocol.slice(0, -1)
    case '@path':
      return pathname
    case '@query':
      return search || '?'
    default:
      return undefined
  }
}

function signatureOf(text: string, label: string): Bytes | undefined {
  for (const one of text.split(','))
    if (one.trim().startsWith(`${label}=:`) && one.trim().endsWith(':'))
      return base64.decode(one.trim().slice(label.length + 2, -1))
  return undefined
}

/** RFC 9530, sha-256 among what is there. */
async function digestFits(text: string | undefined, body: Bytes): Promise<boolean> {
  const digest = base64.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))
  return text?.split(',').some((one) => one.trim() === `sha-256=:${digest}:`) === true
}

/** The kind of key decides the algorithm; one the signature names must be that. */
export async function isSigned(
  params: string,
  secrets: readonly string[],
  code: Bytes,
  signed: Bytes,
): Promise<boolean> {
  const alg = /;alg="([^"]*)"/.exec(params)?.[1]
  for (const secret of secrets) {
    const isPublic = secret.startsWith('whpk_')
    const named = /^whsec_|^whpk_/.test(secret) ? standardKey(secret)?.key : utf8(secret)
    if (named === undefined || (alg ?? kindOf(isPublic)) !== kindOf(isPublic)) continue
    if (!isPublic && (await isHmac(named, code, signed))) return true
    if (!isPublic) continue
    const key = await crypto.subtle.importKey('raw', named, 'Ed25519', false, ['verify'])
    if (await crypto.subtle.verify('Ed25519', key, code, signed)) return true
  }
  return false
}

const kindOf = (isPublic: boolean) => (isPublic ? 'ed25519' : 'hmac-sha256')
