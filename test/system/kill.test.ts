import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { deliveriesOf, listEvents } from '../../src/store/events.ts'
import { insertInstance } from '../../src/store/instances.ts'
import { bundled } from '../support/bundled.ts'
import { createDatabase } from '../support/databases.ts'
import { copyTemplateTo, openPglite } from '../support/pglite.ts'
import { createPipeline, level, thing } from '../support/pipeline.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'

let fixture: Awaited<ReturnType<typeof bundled>>
let receiver: Receiver
let furnished: Turns | undefined

beforeAll(async () => {
  fixture = await bundled(fileURLToPath(new URL('../support/killed-pipeline.ts', import.meta.url)))
  receiver = await startReceiver()
  const source = inject('database')
  if (source.kind === 'postgres') return
  furnished = onDirectory(await mkdtemp(join(tmpdir(), 'tocsin-furnished-')))
  copyTemplateTo(furnished.url, source.template)
  await furnished.turn(furnish)
})
afterAll(async () => {
  await furnished?.remove()
  await receiver.close()
  await fixture.remove()
})

const receivedIds = () => receiver.requests.map(({ body }) => String(JSON.parse(body).id))

/** Runs the fixture; the process it is kills itself right before statement `at` of the pipeline. */
function run(url: string, at: number): Promise<{ output: string; killed: boolean }> {
  return new Promise((resolve, reject) => {
    const environment = { PATH: process.env.PATH, DATABASE: url, KILL_AT: String(at) }
    execFile(
      process.execPath,
      ['--liftoff-only', fixture.path],
      { env: environment },
      (error, output, errors) => {
        if (error !== null && error.signal !== 'SIGKILL') reject(new Error(errors || error.message))
        else resolve({ output, killed: error !== null })
      },
    )
  })
}

/** A database that processes take in turn, as a service that is killed and started again does. */
interface Turns {
  readonly url: string
  turn<T>(use: (db: Database) => Promise<T>): Promise<T>
  remove(): Promise<void>
}

async function onPostgres(): Promise<Turns> {
  const { db, url, close } = await createDatabase()
  return { url, remove: close, turn: (use) => use(db) }
}

/** On PGlite every turn opens the directory anew, which takes most of a second. */
const onDirectory = (url: string): Turns => ({
  url,
  remove: () => rm(url, { recursive: true }),
  async turn(use) {
    const { db, close } = await openPglite(url)
    try {
      return await use(db)
    } finally {
      await close()
    }
  },
})

/** What the process that is killed finds: a webhook to call and an instance to look at. */
async function furnish(db: Database): Promise<void> {
  const pipeline = await createPipeline(db)
  await pipeline.webhook({ url: receiver.url, events: [level.type, thing.type] })
  const watched = { name: 'a', url: 'redis://127.0.0.1:1', host: 'a', port: 1 }
  const settings = { labels: {}, enabled: true, pollIntervalMs: 3_600_000 }
  await insertInstance(pipeline.store, { ...watched, ...settings })
  pipeline.close()
}

/** A furnished database: on PGlite a copy of the one that was furnished. */
async function createTurns(): Promise<Turns> {
  if (furnished === undefined) {
    const turns = await onPostgres()
    await turns.turn(furnish)
    return turns
  }
  const url = await mkdtemp(join(tmpdir(), 'tocsin-kill-'))
  await cp(furnished.url, url, { recursive: true })
  return onDirectory(url)
}
async function killAt(at: number) {
  const { url, turn, remove } = await createTurns()
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
  await remove()
  const received = receivedIds().filter((id) => left.events.includes(id))
  return { accepted: output.includes('accepted'), killed, ...left, received }
}

/** Of two kills at the same place one is enough; PGlite starts slowly, so it gets every third. */
const step = () => (inject('database').kind === 'postgres' ? 1 : 3)

test('killed before any statement, the pipeline loses nothing and repeats at most what was in flight', async () => {
  let at = 1
  let kills = 0
  const known = new Set<string>()
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
      for (const id of events) known.add(id)
      kills += one.killed ? 1 : 0
      killed = one.killed
    }
  }
  // Nothing was sent of which the database knows nothing.
  expect(receivedIds().filter((id) => !known.has(id))).toEqual([])
  expect(kills).toBeGreaterThan(inject('database').kind === 'postgres' ? 15 : 4)
}, 120_000)
