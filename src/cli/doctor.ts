import { examineServer, type PluginEntry } from '../index.ts'
import { AddressError, parseAddress } from '../rules/address.ts'
import { commandsOf, monitoringUser } from '../rules/lacks.ts'
import type { Settings } from '../runtimes/environment.ts'
import { builtInPlugins } from '../runtimes/plugins.ts'
import { checkDatabase } from '../runtimes/server/database-check.ts'
import { configured } from './config.ts'
import { type Diagnosis, type Patient, report } from './doctor-report.ts'
import { visitService } from './doctor-service.ts'
import { BadEnvironment, settingsFrom } from './settings.ts'

interface DoctorOptions {
  readonly json?: boolean
  /** Only the line for a monitoring user of this name. */
  readonly acl?: string | true
  readonly timeout?: number
}

/**
 * Checks the settings, the database, a running service and every server of VALKEY_URL; or only the
 * servers of `urls`. Writes what is missing and the line that mends it, and sets the exit status.
 */
export async function doctor(urls: readonly string[], options: DoctorOptions): Promise<void> {
  const { plugins: added } = await configured(process.cwd())
  const plugins = [...builtInPlugins, ...added]
  const commands = commandsOf(plugins.map((one) => ('plugin' in one ? one.plugin : one)))
  const acl = monitoringUser(typeof options.acl === 'string' ? options.acl : 'tocsin', commands)
  if (options.acl !== undefined) {
    process.stdout.write(`${acl}\n`)
    return
  }
  const found =
    urls.length > 0 ? await ofServers(urls, plugins, options) : await ofService(plugins, options)
  const receivers = found.service?.webhooks ?? []
  const parts = [found.settings, found.database, found.service, ...receivers, ...found.servers]
  const diagnosis = { ok: parts.every((part) => part?.ok ?? true), ...found, acl }
  process.stdout.write(options.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : report(diagnosis))
  if (!diagnosis.ok) process.exitCode = 1
}

type Found = Omit<Diagnosis, 'ok' | 'acl'>

async function ofServers(
  urls: readonly string[],
  plugins: readonly PluginEntry[],
  { timeout = 3000 }: DoctorOptions,
): Promise<Found> {
  return { servers: await Promise.all(urls.map((url) => visit(url, plugins, timeout))) }
}

async function ofService(plugins: readonly PluginEntry[], options: DoctorOptions): Promise<Found> {
  const settings = readSettings()
  if ('faults' in settings) return { settings: { ok: false, faults: settings.faults }, servers: [] }
  const { database, instances, instanceTimeoutMs } = settings
  const [checked, service, { servers }] = await Promise.all([
    checkDatabase(database),
    visitService(settings),
    ofServers(
      instances.map(({ url }) => url),
      plugins,
      { timeout: options.timeout ?? instanceTimeoutMs },
    ),
  ])
  return { settings: { ok: true, faults: [] }, database: checked, service, servers }
}

function readSettings(): Settings | { faults: string[] } {
  try {
    return settingsFrom(process.env)
  } catch (error) {
    if (!(error instanceof BadEnvironment)) throw error
    return { faults: error.message.split('\n') }
  }
}

async function visit(
  url: string,
  plugins: readonly PluginEntry[],
  timeoutMs: number,
): Promise<Patient> {
  const { host, port, name = `${host}:${port}` } = addressOf(url)
  const examined = await examineServer(url, plugins, timeoutMs)
  const ok =
    examined.fault === undefined &&
    examined.grant === undefined &&
    examined.plugins.every(({ error }) => error === null)
  return { name, ok, ...examined }
}

/** @throws Error that says what an address looks like, without the one that was given. */
function addressOf(url: string) {
  try {
    return parseAddress(url)
  } catch (error) {
    if (error instanceof AddressError) throw new Error(`A server's URL: ${error.message}`)
    throw error
  }
}
