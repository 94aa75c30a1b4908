import { type Reply, refused, ValkeyError } from '../plugin/valkey.ts'
import type { Lacks } from '../rules/lacks.ts'
import type { ValkeyConnection } from './connection.ts'

/** How long a command is not sent again that was refused: each denied attempt lands in ACL LOG. */
const askAgainMs = 180_000
/** Sent at every look all the same: they tell whether anybody is there. */
const always: ReadonlySet<string> = new Set(['ping', 'info'])

export interface Sparing {
  readonly connection: ValkeyConnection
  /** What is known to be refused by now. */
  lacks(): Lacks
}

/** A connection that knows what the server refused, and records what it refuses now. */
export function sparing(
  connection: ValkeyConnection,
  { before, commands, now }: { before: Lacks; commands: ReadonlySet<string>; now: number },
): Sparing {
  const found = new Map(Object.entries(before))

  async function call(command: string, ...args: readonly (string | number)[]): Promise<Reply> {
    const name = ruleName(command, args, commands)
    const lack = found.get(name)
    if (lack && lack.reason !== 'off' && !always.has(name) && Math.abs(now - lack.at) < askAgainMs)
      throw new ValkeyError(lack.reason, lack.message)
    try {
      const reply = await connection.call(command, ...args)
      found.delete(name)
      return reply
    } catch (error) {
      if (error instanceof ValkeyError && refused(error)) {
        const reason = error.fault === 'denied' ? 'denied' : 'unsupported'
        found.set(name, { reason, message: error.message, at: now })
      }
      throw error
    }
  }

  return {
    connection: { call, close: () => connection.close() },
    lacks: () => Object.fromEntries(found),
  }
}

/** A command as the plugins' requirements name it: `config|get`, or whole, `ping`. */
function ruleName(
  command: string,
  [first]: readonly (string | number)[],
  known: ReadonlySet<string>,
): string {
  const whole = command.toLowerCase()
  const sub = `${whole}|${first}`.toLowerCase()
  return known.has(sub) ? sub : whole
}
