import { gzipSync } from 'node:zlib'
import { createTocsin, manageSecrets, type PluginEntry } from '../../index.ts'
import type { Format } from '../../plugin/format.ts'
import { type Licence, readLicence, tierInForce } from '../../rules/licence.ts'
import type { Settings } from '../environment.ts'
import { startTracer } from '../tracer.ts'
import { type OpenDatabase, openDatabase } from './database.ts'
import { type Door, openDoor } from './door.ts'
import type { Listen } from './listen.ts'
import { startLog } from './log.ts'
import { resolveHost } from './lookup.ts'
import { createSecretReader } from './secret-reader.ts'
import { signingKeys } from './signing-keys.ts'

import { createTransport } from './transport.ts'
import { wrongKey } from './wrong-key.ts'

/** What the service is made of beside itself. */
export interface Extensions {
  readonly plugins: readonly PluginEntry[]
  readonly formats?: readonly Format[]
}

/** The service, running. */
export interface Started {
  readonly url: string
  readonly database: OpenDatabase
  readonly tier: string
  stop(): Promise<void>
}

/** Addresses to listen at that nobody can go to. */
const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Where people find a service that listens at `hostname`. */
function reachable(hostname: string): string {
  if (everywhere.has(hostname)) return 'localhost'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}

/** How long a stop waits for what is under way: well under the 10 s a process may take to end. */
const graceMs = 7000

/** Starts the whole service on a server. Rejects with a message fit to be shown. */
export async function start(
  settings: Settings,
  extensions: Extensions,
  version: string,
  listen: Listen,
): Promise<Started> {
  const door = await openDoor(listen, { port: settings.port, hostname: settings.host })
  try {
    return await startBehind(door, settings, extensions, version)
  } catch (error) {
    await door.close()
    throw error
  }
}

async function startBehind(
  door: Door,
  settings: Settings,
  { plugins, formats = [] }: Extensions,
  version: string,
): Promise<Started> {
  const log = await startLog(settings.logLevel, settings.logFormat)
  const policy = { production: settings.production, allow: settings.allowTargets }
  const licence = await licenceOf(settings)
  if (licence?.ok === false)
    log.error('TOCSIN_LICENSE is not valid: {reason}. The community tier is in force.', {
      reason: licence.reason,
    })
  const tier = () => tierInForce(licence, settings.tier, Date.now())

  const database = await openDatabase(settings.database)
  if (settings.encryptionKey === undefined)
    log.warn('ENCRYPTION_KEY is not set: secrets are stored unencrypted.')
  await requireReadable(database, settings)
  const transport = createTransport({ policy })
  const tracer = startTracer(settings.tracing, version, log)
  const tocsin = await createTocsin({
    version,
    db: database.db,
    encryptionKey: settings.encryptionKey,
    previousKeys: settings.previousKeys,
    plugins,
    formats,
    sender: settings.sender,
    readSecret: createSecretReader(process.env, settings.allowSecrets),
    instances: settings.instances,
    token: settings.token,
    rateLimits: settings.rateLimits,
    tracer,
    signing: signingKeys,
    gzip: gzipSync,
    transport,
    policy,
    tier,
    log,
    resolve: resolveHost,
    pollIntervalMs: settings.pollIntervalMs,
    timeoutMs: settings.instanceTimeoutMs,
    retentionDays: settings.retentionDays,
    keepDeliveries: settings.database.kind === 'memory' ? 1000 : undefined,
    embedded: !database.shared,
    hints: database.hints,
  })
  door.lead(tocsin.fetch)
  const running = tocsin.start()
  return {
    url: `http://${reachable(settings.host)}:${door.port}`,
    database,
    tier: tier(),
    async stop() {
      await Promise.all([door.close(), running.stop(graceMs)])
      transport.close()
      await tracer?.flush()
      await database.close()
    },
  }
}

/** With a wrong key nothing could be delivered: better not to start than to fail at each attempt. */
async function requireReadable(database: OpenDatabase, settings: Settings): Promise<void> {
  const secrets = await manageSecrets(database.db, settings)
  const [first, ...others] = await secrets.unreadable()
  if (first === undefined) return
  await database.close()
  throw new Error(wrongKey(first, others.length, settings.encryptionKey !== undefined))
}

function licenceOf({ licence }: Settings): Promise<Licence> | undefined {
  return licence && readLicence(licence.text, licence.publicKey, Date.now())
}
