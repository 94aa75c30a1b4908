import type { Reply } from './valkey.ts'

/** A client idle for longer did not make a change that was just seen. */
const authorIdleSeconds = 15

/** A field of a line of CLIENT LIST or CLIENT INFO. */
export const clientField = (line: string, name: string): string | undefined =>
  new RegExp(`(?:^| )${name}=(\\S+)`).exec(line)?.[1]

/**
 * The user of the clients in CLIENT LIST whose last command, moments ago, was `command`; undefined
 * where none is, or not all are of one user. Servers before 7.0 leave subcommands out: undefined.
 */
export function lastToRun(clients: Reply | undefined, command: RegExp): string | undefined {
  const lines = typeof clients === 'string' ? clients.split('\n') : []
  const users = lines.flatMap((line) => {
    const recent = Number(clientField(line, 'idle')) <= authorIdleSeconds
    const ran = recent && command.test(clientField(line, 'cmd') ?? '')
    return ran ? (clientField(line, 'user') ?? []) : []
  })
  return new Set(users).size === 1 ? users[0] : undefined
}
