import { checkTarget, type TargetPolicy } from '../../rules/target.ts'
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../rules/transport.ts'

/**
 * The transport of Workers: their own `fetch`, which reaches nothing private once deployed. Names and
 * addresses are judged first all the same. Never follows a redirect.
 */
export function createTransport(policy: TargetPolicy): Transport {
  return async (url, init) => {
    const target = checkTarget(url, policy)
    if (!target.ok) throw new TransportError('blocked', `blocked: ${target.reason}`)
    const answer = await send(target.url, init)
    return { status: answer.status, headers: answer.headers, body: read(answer, target.url, init) }
  }
}

async function send(url: URL, { method, headers, body, signal }: TransportRequest) {
  try {
    return await fetch(url, { method, headers, body, signal, redirect: 'manual' })
  } catch (error) {
    throw faultOf(error, url, signal, `did not answer in time`)
  }
}

async function* read(
  { body }: Response,
  url: URL,
  { signal }: TransportRequest,
): NonNullable<TransportResponse['body']> {
  try {
    if (body !== null) yield* body
  } catch (error) {
    throw faultOf(error, url, signal, 'began to answer but did not finish in time')
  }
}

/** Words of this runtime that tell what happened; it gives no codes. */
const words: readonly (readonly [RegExp, 'dns' | 'tls' | 'reset' | 'refused', string])[] = [
  [/dns|name or service|resolve/i, 'dns', 'has no address'],
  [/tls|ssl|certificate/i, 'tls', 'has no certificate that can be trusted'],
  [/refused/i, 'refused', 'takes no connections'],
  [/connection lost|reset|disconnect/i, 'reset', 'closed the connection'],
]

function faultOf(error: unknown, url: URL, signal: AbortSignal, late: string): unknown {
  if (signal.aborted) return new TransportError('timeout', `timeout: ${url.host} ${late}`)
  const said = error instanceof Error ? error.message : ''
  const [, kind, what] = words.find(([pattern]) => pattern.test(said)) ?? []
  return kind === undefined
    ? new TransportError('network', `the exchange with ${url.host} failed`)
    : new TransportError(kind, `${kind}: ${url.host} ${what}`)
}
