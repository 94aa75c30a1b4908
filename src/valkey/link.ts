import { Redis } from 'iovalkey'
import { type Reply, ValkeyError } from '../plugin/valkey.ts'
import type { Address } from '../rules/address.ts'
import { within } from '../rules/deadline.ts'
import { connectionFault, loginFault, replyFault } from './fault.ts'

/** One connection, from connecting until it is lost; never mended. */
export interface Link {
  /** True once it can serve no further call. */
  readonly lost: boolean
  call(command: string, args: readonly (string | number)[]): Promise<Reply>
  /** Ends it; what still waits for an answer rejects with `reason`. */
  drop(reason: ValkeyError): void
}

/** Connects and logs in, within one deadline. Calls made meanwhile wait for that. */
export function openLink(address: Address, timeoutMs: number): Link {
  const client = new Redis({
    host: address.host,
    port: address.port,
    family: 0,
    ...(address.tls && { tls: {} }),
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: () => null,
    // It would send INFO; AUTH and SELECT are ours as well, so that nothing runs as the wrong user.
    enableReadyCheck: false,
    // Deadlines are ours too: the client's do not hold on every runtime.
    connectTimeout: 0,
    disconnectTimeout: 20,
  })
  let connected = false
  let failure: ValkeyError | undefined
  let clue: unknown
  client.on('error', (error) => {
    clue ??= error
  })

  function drop(reason: ValkeyError): void {
    failure ??= reason
    client.disconnect()
  }

  const connecting = address.tls ? 'TLS connection' : 'connection'
  const late = () =>
    new ValkeyError('timeout', `No ${connected ? 'answer' : connecting} within ${timeoutMs} ms`)

  /**
   * Makes one write of what is sent in this turn. A full server says so in one line and closes; a
   * second write would meet the closed end, and the line be lost with the socket before it is read.
   */
  function gather(): void {
    const { stream } = client
    stream.cork()
    queueMicrotask(() => stream.uncork())
  }

  /** Errors of the client carry the command's arguments, a password too: none leaves as it is. */
  async function send(
    command: string,
    args: readonly (string | number)[],
    meaning = replyFault,
  ): Promise<Reply> {
    gather()
    try {
      return (await within(timeoutMs, client.call(command, ...args), late)) as Reply
    } catch (error) {
      if (error instanceof Error && error.name === 'ReplyError') {
        const fault = meaning(error.message)
        if (fault.fault === 'max_clients') drop(fault)
        throw fault
      }
      if (error instanceof ValkeyError) drop(error)
      failure ??= connectionFault(clue ?? error)
      throw failure
    }
  }

  async function open(): Promise<void> {
    const { username, password, db } = address
    try {
      await client.connect()
    } catch (error) {
      failure ??= connectionFault(clue ?? error)
      throw failure
    }
    connected = true
    if (password) {
      const words = username ? [username, password] : [password]
      await send('AUTH', words, loginFault).catch((error: ValkeyError) => {
        // A server that wants no password serves us all the same.
        if (error.fault !== 'unsupported') throw error
      })
    }
    if (db > 0) await send('SELECT', [db])
  }

  const opened = within(timeoutMs, open(), late)
  opened.catch(drop)

  return {
    get lost() {
      return failure !== undefined || client.status === 'close' || client.status === 'end'
    },
    async call(command, args) {
      await opened
      return send(command, args)
    },
    drop,
  }
}
