import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Sql } from 'postgres'
import { embeddedSettings } from './embedded-settings.ts'
import { connectEmbedded } from './embedded-socket.ts'
import { root } from './root.ts'

const program = fileURLToPath(new URL('src/runtimes/server/embedded-thread.js', root))

/** An embedded database at work in a thread of its own, so that it takes no turn of ours. */
export interface Embedded {
  readonly client: Sql
  close(): Promise<void>
}

/** Opens what is in a directory, made where it is empty; a database in memory where none is given. */
export async function openEmbedded(directory?: string): Promise<Embedded> {
  // Flags for the main thread, such as a translator to load, would only delay it.
  const thread = new Worker(program, {
    workerData: { directory, settings: embeddedSettings },
    execArgv: [],
  })
  const exited = new Promise((resolve) => thread.once('exit', resolve))
  await Promise.race([once(thread, 'message'), exited.then(refuse)])
  const { client, answered, ended } = connectEmbedded((bytes) =>
    thread.postMessage(bytes, [bytes.buffer]),
  )
  thread.on('message', (answer: Uint8Array | 'closed') => {
    // Not every runtime lets a thread end itself.
    if (answer === 'closed') void thread.terminate()
    else answered(answer)
  })
  thread.on('error', ended)
  thread.on('exit', () => ended())
  return {
    client,
    async close() {
      await client.end({ timeout: 5 })
      await exited
    },
  }
}

function refuse(): never {
  throw new Error('The embedded database has ended while it started.')
}
