import { type Reply, ValkeyError } from '../plugin/valkey.ts'
import type { ValkeyConnection } from '../valkey/connection.ts'

/** INFO as an object of its fields. */
export type InfoFields = Readonly<Record<string, string | number>>

/** The answer to a command: a reply, an error to reject with, or what works one out. */
export type Scripted =
  | Reply
  | Error
  | InfoFields
  | ((...args: readonly (string | number)[]) => Reply | Error | Promise<Reply>)

/**
 * Answers by command line, letters of either case: `{ PING: 'PONG', INFO: { maxmemory: 0 } }`. The
 * longest line that a call begins with answers it, so `ACL LOG` answers `ACL LOG 128`.
 */
export type Replies = Readonly<Record<string, Scripted>>

/** A connection that answers from a script. */
export function scriptedConnection(replies: Replies): ValkeyConnection {
  const script = new Map(Object.entries(replies).map(([line, it]) => [line.toUpperCase(), it]))
  return {
    async call(command, ...args) {
      const scripted = find(script, [command, ...args])
      const answer = typeof scripted === 'function' ? await scripted(...args) : scripted
      if (answer instanceof Error) throw answer
      if (answer === undefined) throw new ValkeyError('unsupported', `unknown command '${command}'`)
      return isFields(answer) ? infoText(answer) : answer
    },
    close() {},
  }
}

function find(
  script: ReadonlyMap<string, Scripted>,
  words: readonly (string | number)[],
): Scripted | undefined {
  for (let length = words.length; length > 0; length--) {
    const answer = script.get(words.slice(0, length).join(' ').toUpperCase())
    if (answer !== undefined) return answer
  }
  return undefined
}

const isFields = (answer: Reply | InfoFields): answer is InfoFields =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer)

const infoText = (fields: InfoFields): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')
