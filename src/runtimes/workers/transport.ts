import { abortSignalOf, type Signal } from '../../rules/deadline.ts'
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
    return await fetch(url, {
      method,
      headers,
      body,
      signal: abortSignalOf(signal),
      redirect: 'manual',
    })
  } catch (error) {
    throw faultOf(error, url, signal, 'did not answer in time')
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

/** What this runtime says where nobody took the connection, and where it was closed: the same. */
const lost = /connection lost|disconnect|refused|reset/i

function faultOf(error: unknown, url: URL, signal: Signal, late: string): unknown {
  if (signal.aborted) return new TransportError('timeout', `timeout: ${url.host} ${late}`)
  const said = error instanceof Error ? error.message : ''
  return new TransportError(
    'network',
    lost.test(said)
      ? `${url.host} took no connection, or closed it without an answer`
      : `no exchange with ${url.host}: look at its name, its port and its certificate; Cloudflare says no more`,
  )
}
