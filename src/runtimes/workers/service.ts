import { AsyncLocalStorage } from 'node:async_hooks'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import {
  createLastingSite,
  createTocsin,
  type Log,
  type PluginEntry,
  type Tocsin,
} from '../../index.ts'
import type { Format } from '../../plugin/format.ts'
import { readLicence, tierInForce } from '../../rules/licence.ts'
import type { Settings } from '../environment.ts'
import { startTracer } from '../tracer.ts'
import type { Bindings, WorkMessage } from './bindings.ts'
import { createLog } from './log.ts'
import { createSecretReader } from './secret-reader.ts'
import { environmentOf, minuteMs, policyOf, readWorkerSettings } from './settings.ts'
import { createTransport } from './transport.ts'

/** Of package.json, put here by `npm run build:workers`. */
declare const TOCSIN_VERSION: string

/** What the service is made of beside itself. */
export interface Extensions {
  readonly plugins: readonly PluginEntry[]
  readonly formats?: readonly Format[]
}

/** The settings cannot be used: one line for each fault. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
}

/** What one call has of the service. */
export interface Call {
  readonly tocsin: Tocsin
  readonly settings: Settings
  readonly log: Log
  /** Gives the connection back. */
  end(): Promise<void>
}

/** At most six connections may be opening at once in one call; the database has one. */
const atOnce = 5

const site = createLastingSite(new AsyncLocalStorage())
/** What outlives a call, too, in the process that happens to serve the next one. */
const kept: { instances?: string } = {}

/**
 * The service for one call: no connection may be used by another. `onWork` is told what there is to
 * do when the call is over. Rejects with {@link BadSettings}.
 */
export async function open(
  bindings: Bindings,
  { plugins, formats = [] }: Extensions,
  onWork: (verb: WorkMessage['verb']) => void,
): Promise<Call> {
  const read = readWorkerSettings(bindings)
  if (!read.ok)
    throw new BadSettings(
      read.faults
        .map(({ variable, problem, example }) => `${variable} ${problem}. Example: ${example}`)
        .join('\n'),
    )
  const { settings } = read
  const log = createLog(settings.logLevel)
  const { licence: text } = settings
  const licence = text && (await readLicence(text.text, text.publicKey, Date.now()))
  if (licence?.ok === false)
    log.error('TOCSIN_LICENSE is not valid: {reason}. The community tier is in force.', {
      reason: licence.reason,
    })
  const policy = policyOf(settings)
  const environment = environmentOf(bindings)
  const client = connect(bindings)
  const tracer = startTracer(settings.tracing, TOCSIN_VERSION, log)
  const end = async () => {
    await Promise.all([tracer?.flush(), client.end({ timeout: 1 }).catch(() => {})])
  }
  try {
    const listed = JSON.stringify(settings.instances)
    const tocsin = await createTocsin(
      {
        version: TOCSIN_VERSION,
        db: drizzle({ client }),
        encryptionKey: settings.encryptionKey,
        previousKeys: settings.previousKeys,
        plugins,
        formats,
        sender: settings.sender,
        readSecret: createSecretReader(environment),
        // Once is enough, unless another process of the Worker has been there in between.
        ...(kept.instances !== listed && { instances: settings.instances }),
        token: settings.token,
        rateLimits: settings.rateLimits,
        tracer,
        transport: createTransport(policy),
        policy,
        tier: () => tierInForce(licence, settings.tier, Date.now()),
        log,
        // A Worker has no resolver, and no private network for a name to lead into.
        resolve: async () => [],
        pollIntervalMs: settings.pollIntervalMs,
        timeoutMs: settings.instanceTimeoutMs,
        retentionDays: settings.retentionDays,
        invoked: {
          atOnce,
          wokenEveryMs: settings.pollIntervalMs < minuteMs ? undefined : minuteMs,
          onWork,
        },
      },
      site,
    )
    kept.instances = listed
    return { tocsin, settings, log, end }
  } catch (error) {
    await end()
    throw error
  }
}

/** No session state, nothing asked for at the start: behind the pool every transaction is anybody's. */
function connect({ HYPERDRIVE }: Bindings) {
  return postgres(HYPERDRIVE?.connectionString ?? '', {
    max: 1,
    fetch_types: false,
    connect_timeout: 5,
    onnotice: () => {},
  })
}
