import { type Info, type Reply, type Valkey, ValkeyError } from '../plugin/valkey.ts'
import type { ValkeyConnection } from './connection.ts'
import { parseInfo } from './info.ts'

/**
 * One look at a server over its connection. The same call made twice is sent once. Once the server
 * gave no answer, or would not let us in, nothing more is sent in this look: every further call
 * rejects with that first error at once, so a dead server costs a look one deadline, not one a call.
 */
export function lookAt(connection: ValkeyConnection): Valkey {
  const answers = new Map<string, Promise<Reply>>()
  let info: Promise<Info> | undefined
  let over: ValkeyError | undefined

  async function send(command: string, args: readonly (string | number)[]): Promise<Reply> {
    if (over) throw over
    try {
      return await connection.call(command, ...args)
    } catch (error) {
      if (error instanceof ValkeyError && endsLook(error)) over ??= error
      throw error
    }
  }

  const valkey: Valkey = {
    call(command, ...args) {
      const key = JSON.stringify([command.toUpperCase(), ...args.map(String)])
      const known = answers.get(key)
      if (known) return known
      const answer = send(command, args)
      handled(answer)
      answers.set(key, answer)
      return answer
    },
    info() {
      // `all` is one argument, so every version understands it; several sections need 7.0.
      info ??= valkey.call('INFO', 'all').then((text) => {
        if (typeof text === 'string') return parseInfo(text)
        throw new ValkeyError('error', 'INFO was not answered with text')
      })
      handled(info)
      return info
    },
  }
  return valkey
}

const endsLook = (error: ValkeyError) =>
  error.unanswered || error.fault === 'auth' || error.fault === 'max_clients'

/** A kept promise may fail while nobody waits for it; whoever asks for it still gets the error. */
function handled(promise: Promise<unknown>): void {
  promise.catch(() => {})
}
