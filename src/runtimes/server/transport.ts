import { checkTarget, type TargetPolicy } from '../../rules/target.ts'
import { type Transport, TransportError, type TransportRequest } from '../../rules/transport.ts'
import { createExchange } from './exchange.ts'
import { createGate } from './gate.ts'
import { atOnce, type CreateHttpClient } from './http-client.ts'
import { checkingLookup, type Resolve, resolveAll } from './lookup.ts'
import { createNativeClient } from './native-client.ts'
import { createUndiciClient } from './undici-client.ts'

export interface TransportOptions {
  readonly policy: TargetPolicy
  /** All addresses of a name; the system's resolver by default. */
  readonly resolve?: Resolve
  /** Certificates, as PEM, trusted in place of the runtime's own. */
  readonly ca?: readonly string[]
  /** Default: what is best on this runtime. */
  readonly client?: CreateHttpClient
}

export interface ServerTransport extends Transport {
  /** Ends idle connections, and keeps none from now on. Exchanges under way go on. */
  close(): void
}

/** Bun and Deno have an undici of their own, which dials without asking anybody whether it may. */
const ownClient =
  'Bun' in globalThis || 'Deno' in globalThis ? createNativeClient : createUndiciClient

/**
 * The transport of servers, with keep-alive. Judges the URL, and every address behind its name, at
 * each connection. Never follows a redirect. A host's surplus waits without holding up others.
 */
export function createTransport(options: TransportOptions): ServerTransport {
  const { policy, resolve = resolveAll, ca, client: create = ownClient } = options
  const client = create({ lookup: checkingLookup(policy, resolve), ca })
  const gate = createGate(atOnce)

  async function send(url: string, init: TransportRequest) {
    const target = checkTarget(url, policy)
    if (!target.ok) throw new TransportError('blocked', `blocked: ${target.reason}`)
    const exchange = createExchange(target.url, init.signal)
    try {
      exchange.onFinish(await gate.enter(target.url.host, init.signal))
      exchange.reach('connecting')
      return await client.exchange(exchange, init)
    } catch (error) {
      exchange.finish()
      throw exchange.fault(error)
    }
  }

  return Object.assign(send, { close: () => client.close() })
}
