import type { Capability, Plugin } from '../plugin/plugin.ts'

/** Something a server does not give us. */
interface Lack {
  /** Not allowed to this user; not known to, or blocked on, this server; or turned off there. */
  readonly reason: 'denied' | 'unsupported' | 'off'
  /** The server's answer, or empty. */
  readonly message: string
  /** When it was last found so, epoch milliseconds. */
  readonly at: number
}

/** What one server does not give us: by command as ACL rules name it, or by {@link capabilityKey}. */
export type Lacks = Readonly<Record<string, Lack>>

/** Capabilities are their plugin's own; no command has a slash in it. */
export const capabilityKey = (plugin: string, name: string) => `${plugin}/${name}`

/** What one plugin misses on one server, and how it can be had. */
export interface Missing {
  readonly name: string
  readonly reason: Lack['reason']
  readonly message: string
  /** The event types that cannot be seen because of it. */
  readonly events: readonly string[]
  readonly without: string
  /** The command that mends it; absent where nothing can be done. */
  readonly fix?: string
}

/** What a plugin misses on a server that is asked as `user`. */
export function missingOf({ name, events, requires }: Plugin, lacks: Lacks, user: string) {
  const { commands = [], capabilities = {} } = requires ?? {}
  const names = [...new Set([...commands, ...Object.keys(capabilities)])]
  return names.flatMap((what): Missing[] => {
    const isCommand = commands.includes(what)
    const lack = lacks[isCommand ? what : capabilityKey(name, what)]
    if (lack === undefined) return []
    const { reason, message } = lack
    const all: Capability = {
      events: events.map(({ type }) => type),
      without: 'Nothing of it can be seen.',
    }
    const { events: lost = [], without, enable } = capabilities[what] ?? all
    if (without === undefined) return []
    const fix = reason === 'denied' ? grant(user, [what]) : reason === 'off' ? enable : undefined
    return [{ name: what, reason, message, events: lost, without, ...(fix && { fix }) }]
  })
}

/** Every command the plugins need, each once. */
export function commandsOf(plugins: readonly Plugin[]): string[] {
  return [...new Set(plugins.flatMap(({ requires }) => requires?.commands ?? []))]
}

/** The line that allows these commands to a user that exists. */
export function grant(user: string, commands: readonly string[]): string {
  return ['ACL SETUSER', user, ...commands.map((command) => `+${command}`)].join(' ')
}

/** The line that makes a user who may do this and nothing else; its password is the reader's to choose. */
export function monitoringUser(user: string, commands: readonly string[]): string {
  return grant(`${user} on >PASSWORD resetkeys resetchannels -@all`, commands)
}
