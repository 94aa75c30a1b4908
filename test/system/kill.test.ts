import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openEmbedded } from '../../src/runtimes/server/embedded.ts'
import type { Database } from '../../src/store/database.ts'
import { deliveriesOf, listEvents } from '../../src/store/events.ts'
import { insertInstance } from '../../src/store/instances.ts'
import { bundled } from '../support/bundled.ts'
import { createDatabase } from '../support/databases.ts'
import { createPipeline, level, thing } from '../support/pipeline.ts'
import { startReceiver } from '../support/receiver.ts'

let fixture: Awaited<ReturnType<typeof bundled>>

beforeAll(async () => {
  fixture = await bundled(fileURLToPath(new URL('../support/killed-pipeline.ts', import.meta.url)))
})
afterAll(() => fixture.remove())

/** Runs the fixture; the process it is kills itself right before statement `at` of the pipeline. */
function run(url: string, at: number): Promise<{ output: string; killed: boolean }> {
  return new Promise((resolve, reject) => {
    const environment = { PATH: process.env.PATH, DATABASE: url, KILL_AT: String(at) }
    execFile(process.execPath, [fixture.path], { env: environment }, (error, output, errors) => {
      if (error !== null && error.signal !== 'SIGKILL') reject(new Error(errors || error.message))
      else resolve({ output, killed: error !== null })
    })
  })
}

/** A database that processes take in turn, as a service that is killed and started again does. */
async function createTurns() {
  if (inject('database').kind === 'postgres') {
    const { db, url, close } = await createDatabase()
    return { url, remove: close, turn: <T>(use: (db: Database) => Promise<T>) => use(db) }
  }
  const parent = await mkdtemp(join(tmpdir(), 'tocsin-kill-'))
  const url = join(parent, 'data')
  await (await createDatabase({ directory: url })).close()
  return {
    url,
    remove: () => rm(parent, { recursive: true }),
    async turn<T>(use: (db: Database) => Promise<T>): Promise<T> {
      const { client, close } = await openEmbedded(url)
      try {
        return await use(drizzle({ client }))
      } finally {
        await close()
      }
    },
  }
}

async function killAt(at: number) {
  const { url, turn, remove } = await createTurns()
  const receiver = await startReceiver()
  await turn(async (db) => {
    const pipeline = await createPipeline(db)
    await pipeline.webhook({ url: receiver.url, events: [level.type, thing.type] })
    const watched = { name: 'a', url: 'redis://127.0.0.1:1', host: 'a', port: 1 }
    const settings = { labels: {}, enabled: true, pollIntervalMs: 3_600_000 }
    await insertInstance(pipeline.store, { ...watched, ...settings })
    pipeline.close()
  })
  const { output, killed } = await run(url, at)
  const left = await turn(async (db) => {
    const pipeline = await createPipeline(db)
    // As if the leases of the killed process had run out.
    await db.execute(sql`update deliveries set due_at = now() - interval '1 ms'`)
    await pipeline.drainAll()
    const events = await listEvents(pipeline.store, {}, { limit: 10 })
    const owed = await deliveriesOf(
      pipeline.store,
      events.map(({ id }) => id),
    )
    pipeline.close()
    return { events: events.map(({ id }) => id), owed }
  })
  await receiver.close()
  await remove()
  const received = receiver.requests.map(({ body }) => String(JSON.parse(body).id))
  return { accepted: output.includes('accepted'), killed, ...left, received }
}

/** Of two kills at the same place one is enough; PGlite starts slowly, so it gets every third. */
const step = () => (inject('database').kind === 'postgres' ? 1 : 3)

test('killed before any statement, the pipeline loses nothing and repeats at most what was in flight', async () => {
  let at = 1
  let kills = 0
  for (let killed = true; killed; at += step() * 2) {
    const two = await Promise.all([killAt(at), killAt(at + step())])
    for (const { accepted, events, owed, received, ...one } of two) {
      // All of a look or nothing of it.
      expect([0, 2]).toContain(events.length)
      expect(owed.map(({ eventId }) => eventId).sort()).toEqual([...events].sort())
      if (accepted) expect(events).toHaveLength(2)
      // Everything accepted has arrived, nothing more often than once and once again.
      expect(owed.map(({ status }) => status)).toEqual(owed.map(() => 'success'))
      expect([...new Set(received)].sort()).toEqual([...events].sort())
      expect(received.length).toBeLessThanOrEqual(events.length * 2)
      kills += one.killed ? 1 : 0
      killed = one.killed
    }
  }
  expect(kills).toBeGreaterThan(inject('database').kind === 'postgres' ? 15 : 4)
}, 120_000)
