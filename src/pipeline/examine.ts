import { type Info, ValkeyError, type ValkeyFault } from '../plugin/valkey.ts'
import { parseAddress } from '../rules/address.ts'
import { createCatalog } from '../rules/catalog.ts'
import { commandsOf, grant, type Missing, missingOf } from '../rules/lacks.ts'
import { connect } from '../valkey/connection.ts'
import { lookAt } from '../valkey/look.ts'
import { sparing } from '../valkey/sparing.ts'
import { changedLacks } from './lacks.ts'
import { facts, lookWith } from './look.ts'
import { configure, type PluginEntry } from './plugins.ts'

/** What the plugins find out about one server in a first look. */
export interface Examination {
  readonly host: string
  readonly port: number
  /** Whom the server knows us as. */
  readonly user: string
  /** Why nobody answered, or would not let us in. */
  readonly fault?: { readonly kind: ValkeyFault | 'error'; readonly message: string }
  readonly server: string | null
  readonly version: string | null
  readonly role: string | null
  readonly durationMs: number
  readonly plugins: readonly {
    readonly name: string
    readonly events: readonly string[]
    readonly commands: readonly string[]
    /** What went wrong in its look. */
    readonly error: string | null
    readonly missing: readonly Missing[]
  }[]
  /** The line that grants all that is denied; absent where nothing is. */
  readonly grant?: string
}

/**
 * Looks at one server once with these plugins, as the service would, and tells what they find and
 * miss; nothing is kept. Rejects where the URL cannot be used.
 */
export async function examineServer(
  url: string,
  entries: readonly PluginEntry[],
  timeoutMs = 3000,
): Promise<Examination> {
  const now = Date.now
  const plugins = configure(entries)
  const { host, port, username: user = 'default', name = `${host}:${port}` } = parseAddress(url)
  const catalog = createCatalog(plugins.map(({ plugin }) => plugin))
  const startedAt = now()
  const commands = new Set(commandsOf(catalog.plugins))
  const connection = connect({ url, timeoutMs })
  try {
    const spared = sparing(connection, { before: {}, commands, now: startedAt })
    const valkey = lookAt(spared.connection)
    const fault = await whyNot(valkey.info())
    const { server, version, role } = await facts(valkey)
    const instance = { id: '', name, host, port, labels: {} }
    const context = { instance, valkey, now: startedAt, catalog, deadlineMs: timeoutMs * 4 }
    const about = { host, port, user, server, version, role }
    if (fault) return { ...about, fault, durationMs: now() - startedAt, plugins: [] }

    const looks = await Promise.all(plugins.map((one) => lookWith(one, undefined, context)))
    const lacks = changedLacks({}, spared.lacks(), looks, startedAt) ?? {}
    const denied = [...commands].filter((command) => lacks[command]?.reason === 'denied')
    return {
      ...about,
      durationMs: now() - startedAt,
      plugins: plugins.map(({ plugin }, at) => ({
        name: plugin.name,
        events: plugin.events.map(({ type }) => type),
        commands: plugin.requires?.commands ?? [],
        error: looks[at]?.error ?? null,
        missing: missingOf(plugin, lacks, user),
      })),
      ...(denied.length > 0 && { grant: grant(user, denied) }),
    }
  } finally {
    connection.close()
  }
}

/** Why a server cannot be looked at at all; undefined where it can, if with less than everything. */
async function whyNot(info: Promise<Info>): Promise<Examination['fault']> {
  try {
    await info
    return undefined
  } catch (error) {
    if (!(error instanceof ValkeyError)) return { kind: 'error', message: String(error) }
    const { fault: kind, message } = error
    return kind === 'denied' || kind === 'unsupported' ? undefined : { kind, message }
  }
}
