import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { definePlugin } from 'tocsin/plugin'
import { z } from 'zod'
import { openEmbedded } from '../../src/runtimes/server/embedded.ts'
import { createPipeline, level, thing } from './pipeline.ts'

/**
 * A process that watches one instance, makes one event of each kind in one look, and sends what it
 * owes. It kills itself right before statement `KILL_AT` of the pipeline, transaction control
 * included. Prints `accepted` once the look has been committed and `done` at the end.
 */
const { DATABASE: database = '', KILL_AT: killAt = '0' } = process.env
let statements = 0
let counting = false

function beforeStatement(): void {
  if (!counting) return
  statements += 1
  if (statements === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

async function open() {
  if (!database.startsWith('postgres:')) {
    const { client, close } = await openEmbedded(database)
    return { db: drizzle({ client, logger: { logQuery: beforeStatement } }), close }
  }
  const client = postgres(database, { max: 1, debug: beforeStatement })
  return { db: drizzle({ client }), close: () => client.end() }
}

const emitter = definePlugin({
  name: 'emitter',
  events: [level, thing],
  state: z.object({ emitted: z.boolean() }),
  poll({ emit, state }) {
    if (state?.emitted) return state
    emit(level, { value: 95 })
    emit(thing, { what: 'once' })
    return { emitted: true }
  },
})

const { db, close } = await open()
const pipeline = await createPipeline(db, { plugins: [emitter] })
// Connects now: what a connection asks first is not the pipeline's.
await db.execute('select 1')
counting = true
await pipeline.tickAll()
process.stdout.write('accepted\n')
await pipeline.drainAll()
counting = false
process.stdout.write(`done ${statements}\n`)
pipeline.close()
await close()
process.exit(0)
