import type { Plugin } from 'tocsin/plugin'
import type { z } from 'zod'
import { startValkey } from '../../src/cli/valkey-server.ts'
import { type Polled, pollOver } from '../../src/testing/poll.ts'
import { type Replies, scriptedConnection } from '../../src/testing/replies.ts'
import { connect } from '../../src/valkey/connection.ts'

type Of<State extends z.ZodType> = Polled<z.output<State>>

/** Successive looks at scripted replies, `afterMs` apart, each given the state of the one before. */
export function scripted<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  config?: z.input<Config>,
) {
  let last: Of<State> | undefined
  let now = 1706457600000
  return async (replies: Replies, afterMs = 5000): Promise<Of<State>> => {
    now += afterMs
    const settings = config === undefined ? {} : { config }
    last = await pollOver(plugin, scriptedConnection(replies), {
      state: last?.state,
      now,
      ...settings,
    })
    return last
  }
}

/** Successive looks at a real server, over one connection. */
export function watching<State extends z.ZodType, Config extends z.ZodObject>(
  plugin: Plugin<State, Config>,
  url: string,
) {
  const connection = connect({ url, timeoutMs: 3000 })
  const { hostname: host, port } = new URL(url)
  let last: Of<State> | undefined
  return {
    async look(now = Date.now()): Promise<Of<State>> {
      const instance = { host, port: Number(port) }
      last = await pollOver(plugin, connection, { state: last?.state, now, instance })
      return last
    },
    close: () => connection.close(),
  }
}

/** A server of our own with a connection to change things through. */
export function serving(...args: string[]) {
  return servingAt(undefined, ...args)
}

/** The same at a port that another one has left. */
export async function servingAt(port: number | undefined, ...args: string[]) {
  const server = await startValkey({ args, ...(port !== undefined && { port }) })
  const client = connect({ url: server.url, timeoutMs: 3000 })
  return {
    ...server,
    run: (line: string) => {
      const [command = '', ...words] = line.split(' ')
      return client.call(command, ...words)
    },
    async end() {
      client.close()
      await server.stop()
    },
  }
}
