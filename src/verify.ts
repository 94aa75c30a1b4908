/**
 * `tocsin/verify`: checks at the receiver that a request comes from Tocsin. No dependencies, WebCrypto
 * only: Node, Bun, Deno, Workers and browsers alike.
 *
 * ```ts
 * const result = await verify({ headers: request.headers, body: await request.text(), secret })
 * if (!result.ok) return new Response(result.message, { status: 401 })
 * ```
 *
 * @module
 */

export interface VerifyOptions {
  /** The request's headers, in whatever case: `Headers`, or an object such as Node's. */
  headers: Headers | Record<string, string | string[] | undefined>
  /** The body as it arrived. Parsed and printed again it is another text, and does not verify. */
  body: string | Uint8Array | ArrayBuffer
  /** The webhook's secret; several while it is rotated. An empty one throws a `TypeError`. */
  secret: string | readonly string[]
  /** Epoch milliseconds; the clock by default. */
  now?: number
  /** How old, or how far ahead, the timestamp may be. Default 300000: five minutes. */
  toleranceMs?: number
  /** How the webhook signs. Default `betterdb` (seed 1, "Signature Verification"). */
  scheme?: 'betterdb'
}

export type VerifyFault = 'missing_headers' | 'bad_timestamp' | 'too_old' | 'too_new' | 'no_match'

export type VerifyResult =
  /** `timestamp`: when the attempt was signed, epoch milliseconds. */
  | { ok: true; timestamp: number }
  /** Answer 401. `message` says what to look at, and holds nothing secret. */
  | { ok: false; code: VerifyFault; message: string }

const encoder = new TextEncoder()

/**
 * Verifies one request. Nothing a sender can put on the wire makes it throw; a missing secret does,
 * because it would otherwise look like a forged request. Compares in constant time.
 */
export async function verify(options: VerifyOptions): Promise<VerifyResult> {
  const { headers, now = Date.now(), toleranceMs = 300_000, scheme = 'betterdb' } = options
  const secrets = typeof options.secret === 'string' ? [options.secret] : options.secret
  if (!secrets?.length || !secrets.every((secret) => typeof secret === 'string' && secret)) {
    throw new TypeError('verify needs the secret of the webhook; it is empty or not set')
  }
  if (scheme !== 'betterdb') throw new TypeError(`verify knows no scheme ${scheme}; use betterdb`)

  const signature = header(headers, 'x-webhook-signature')
  const stamp = header(headers, 'x-webhook-timestamp')
  if (signature === undefined || stamp === undefined) {
    const missing = signature === undefined ? 'X-Webhook-Signature' : 'X-Webhook-Timestamp'
    return fault('missing_headers', `${missing} is missing`)
  }
  if (!/^[1-9]\d{0,15}$/.test(stamp)) {
    return fault('bad_timestamp', 'X-Webhook-Timestamp is not a whole number of milliseconds')
  }
  const timestamp = Number(stamp)
  if (!(now - timestamp <= toleranceMs)) {
    return fault('too_old', `signed more than ${toleranceMs} ms ago; is this a replay?`)
  }
  if (!(timestamp - now <= toleranceMs)) {
    return fault('too_new', `signed more than ${toleranceMs} ms ahead; is a clock wrong?`)
  }
  const body = bytesOf(options.body)
  if (!body) return fault('no_match', 'the body was parsed already; pass the raw text or bytes')
  const mac = fromHex(signature)
  if (!mac) return fault('no_match', 'X-Webhook-Signature is not 64 lower-case hex digits')

  const signed = concatenate(encoder.encode(`${stamp}.`), body)
  for (const secret of secrets) {
    if (await isMac(secret, mac, signed)) return { ok: true, timestamp }
  }
  return fault('no_match', 'the signature does not match; check the secret and use the raw body')
}

async function isMac(
  secret: string,
  mac: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = encoder.encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify'])
  return crypto.subtle.verify('HMAC', key, mac, signed)
}

function header(headers: VerifyOptions['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? [])
  return values.length > 0 ? values.join(', ') : undefined
}

function bytesOf(body: VerifyOptions['body']): Uint8Array | undefined {
  if (typeof body === 'string') return encoder.encode(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  return body instanceof Uint8Array ? body : undefined
}

function fromHex(digits: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[0-9a-f]{64}$/.test(digits)) return undefined
  return Uint8Array.from({ length: 32 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  )
}

function concatenate(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length)
  bytes.set(head)
  bytes.set(tail, head.length)
  return bytes
}

function fault(code: VerifyFault, message: string): VerifyResult {
  return { ok: false, code, message }
}
