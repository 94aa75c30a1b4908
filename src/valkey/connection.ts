import { type Reply, ValkeyError } from '../plugin/valkey.ts'
import { parseAddress } from '../rules/address.ts'
import { type Link, openLink } from './link.ts'

export interface ConnectionOptions {
  /** `redis://user:password@host:port/db`; see `parseAddress`. */
  readonly url: string
  /** Deadline for connecting and logging in, and for each command, in milliseconds. */
  readonly timeoutMs: number
}

/** A server to be asked. */
export interface ValkeyConnection {
  /**
   * Sends one command. Calls made side by side travel together. Rejects with a ValkeyError; after a
   * deadline the connection is given up, so that a late answer is never taken for another one's.
   */
  call(command: string, ...args: readonly (string | number)[]): Promise<Reply>
  /** Ends the connection for good; calls still under way reject as `closed`. */
  close(): void
}

/**
 * A connection made at the first call and kept; where it is lost, the next call makes a new one.
 * Nothing happens between calls: no reconnecting, no queue, no commands of the client's own.
 * @throws AddressError for a URL that cannot be used
 */
export function connect({ url, timeoutMs }: ConnectionOptions): ValkeyConnection {
  const address = parseAddress(url)
  let link: Link | undefined
  let over: ValkeyError | undefined

  return {
    async call(command, ...args) {
      if (over) throw over
      if (!link || link.lost) link = openLink(address, timeoutMs)
      return link.call(command, args)
    },
    close() {
      over ??= new ValkeyError('closed', 'Connection closed')
      link?.drop(over)
    },
  }
}
