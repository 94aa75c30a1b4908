import { describeError } from '../rules/describe-error.ts'
import { createEndpoint, type Endpoint, type EndpointOptions } from '../rules/endpoint.ts'
import type { Formats } from '../rules/formats.ts'
import { openSecrets } from '../rules/opened-secrets.ts'
import type { Sender } from '../rules/sender.ts'
import type { SigningKeys } from '../rules/signing-keys.ts'
import { storedReference } from '../rules/vault.ts'
import type { Store } from '../store/database.ts'
import { findInstances } from '../store/instances.ts'
import type { Webhook } from '../store/webhooks.ts'
import type { Log } from './log.ts'

/** How long what may change elsewhere is held: the name of an instance. */
const heldMs = 30_000
/** The same of a secret that is found elsewhere, in a file for instance. */
const referredMs = 1000

/** What an instance is called, and its labels. */
export interface InstanceFacts {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** Why nothing can be sent to a webhook: for good, or until somebody has set its secrets right. */
export type NoEndpoint = { readonly reason: string } | { readonly lacks: string }

/** Webhooks ready to be sent to, each set up once. */
export interface Endpoints {
  of(webhook: Webhook): Promise<Endpoint | NoEndpoint>
  /** Undefined for one that is not under watch any more. */
  instance(id: string): Promise<InstanceFacts | undefined>
}

export interface EndpointsOptions {
  readonly store: Store
  readonly formats: Formats
  readonly sender: Sender
  readonly signing?: SigningKeys | undefined
  readonly now: () => number
  readonly log: Log
}

export function createEndpoints(options: EndpointsOptions): Endpoints {
  const { store, formats, sender, signing, now, log } = options
  const ready = held<Webhook, Endpoint | NoEndpoint>(new WeakMap(), now, lastsMs)
  const instances = new Map<string, Held<InstanceFacts | undefined>>()
  const known = held(instances, now, () => heldMs)

  function lastsMs({ sealedSecret, sealed, previousSecretUntil }: Webhook): number {
    const stored = [sealedSecret, ...Object.values(sealed)]
    if (stored.some((secret) => storedReference(secret) !== undefined)) return referredMs
    const left = (previousSecretUntil?.getTime() ?? 0) - now()
    return left > 0 ? Math.min(left, heldMs) : heldMs
  }

  async function prepare(webhook: Webhook): Promise<Endpoint | NoEndpoint> {
    const format = formats.find(webhook.format)
    if (format === undefined) return { reason: `Format "${webhook.format}" is unknown here.` }
    const secrets = await openSecrets(store.vault, webhook, now()).catch((error: unknown) => {
      log.error('webhook {webhookId} waits, its secrets cannot be read: {error}', {
        webhookId: webhook.id,
        error,
      })
      return { lacks: `Its secrets cannot be read: ${describeError(error)}` }
    })
    if ('lacks' in secrets) return secrets
    return setUp({ id: webhook.id, settings: webhook, secrets, format, sender, signing })
  }

  return {
    of: (webhook) => ready(webhook, prepare),
    instance(id) {
      if (instances.size > 10_000) instances.clear()
      return known(id, async () => (await findInstances(store, { ids: [id], addresses: [] })).at(0))
    },
  }
}

/** Sets up a webhook, or says why that cannot be done. */
export async function setUp(
  options: EndpointOptions,
): Promise<Endpoint | { readonly reason: string }> {
  try {
    return await createEndpoint(options)
  } catch (error) {
    return {
      reason: `Its formatConfig does not fit the format ${options.format.name} any more: ${describeError(error)}`,
    }
  }
}

interface Held<Value> {
  readonly until: number
  readonly value: Promise<Value>
}

/** Remembers what was loaded for a while; what failed to load is loaded again. */
function held<Key extends WeakKey | string, Value>(
  memory: {
    get(key: Key): Held<Value> | undefined
    set(key: Key, held: Held<Value>): unknown
    delete(key: Key): boolean
  },
  now: () => number,
  lastsMs: (key: Key) => number,
): (key: Key, load: (key: Key) => Promise<Value>) => Promise<Value> {
  return (key, load) => {
    const before = memory.get(key)
    if (before !== undefined && before.until > now()) return before.value
    const value = load(key)
    memory.set(key, { until: now() + lastsMs(key), value })
    value.catch(() => memory.delete(key))
    return value
  }
}
