// The embedded database in a thread of its own: it answers messages of PostgreSQL's protocol, in the
// same. Plain JavaScript: a thread begins with a file, which is this one whether the service runs
// from its sources or from one bundle.
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/** The type of the message that ends a connection (PostgreSQL manual, "Message Formats"). */
const terminate = 0x58

const { directory, settings } = workerData
const database = await PGlite.create({
  dataDir: directory,
  startParams: [...PGlite.defaultStartParams, ...settings],
})
parentPort?.on('message', async (/** @type {Uint8Array} */ messages) => {
  if (messages[0] === terminate) {
    await database.close()
    parentPort?.postMessage('closed')
  } else {
    const answers = answer(messages)
    parentPort?.postMessage(answers, [answers.buffer])
  }
})
parentPort?.postMessage('open')

/** @param {Uint8Array} messages */
function answer(messages) {
  /** @type {Uint8Array[]} */
  const parts = []
  // All is in the files when it returns: its promise is for file systems other than Node's.
  void database.execProtocolRawStream(messages, {
    syncToFs: false,
    // The bytes are the database's own memory.
    onRawData: (bytes) => parts.push(bytes.slice()),
  })
  // A copy: what is short shares its memory with others until then, and could not be handed over.
  return new Uint8Array(Buffer.concat(parts))
}
