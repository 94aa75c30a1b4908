import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { startPostgres } from '../support/postgres-server.ts'
import type { TocsinProcess } from '../support/tocsin-process.ts'
import { claimsInDirectory, claimsOnPostgres, createInFlight, type LeftClaim } from './claims.ts'
import { createCrew } from './crew.ts'
import { startPublisher } from './publisher.ts'
import { seed, seededRandom } from './random.ts'
import { account, report } from './report.ts'
import { createTally } from './tally.ts'
import { createWebhook, nothingOwed } from './webhooks.ts'

interface Killing {
  readonly scenario: string
  readonly database: string
  readonly kills: number
  /** What the dead process had in flight. */
  readonly claims: () => Promise<LeftClaim[]>
}

/** Accepted deliveries to each kill, without which the counts say nothing. */
const acceptedEach = 10
/** What a process accepts before it is killed, however slow the machine: each is owed to four. */
const eventsEach = 3

/** Kills one process after another while events are published, then lets one live and looks. */
async function kill({ scenario, database, kills, claims }: Killing): Promise<void> {
  const random = seededRandom(seed)
  const crew = createCrew()
  const tally = createTally()
  const environment = { DATABASE_URL: database }
  let living: TocsinProcess | undefined
  const publisher = startPublisher({ target: () => living?.url, everyMs: 25 })
  try {
    // The slow one always has something in flight.
    const receivers = await Promise.all(
      [2, 5, 10, 100].map((delayMs) => tally.receiver({ delayMs })),
    )
    const inFlight = createInFlight()
    const webhooks: string[] = []
    const first = await crew.start(environment)
    for (const { url } of receivers) webhooks.push(await createWebhook(first, url))
    living = first

    for (let killed = 0; killed < kills; killed += 1) {
      // One in ten dies while it starts.
      if (killed % 10 === 9) await crew.startAndKill(environment, random() * 800)
      else {
        living ??= await crew.start(environment)
        const enough = publisher.accepted.size + eventsEach
        await pause(50 + random() * 900)
        while (publisher.accepted.size < enough) await pause(5)
        await living.kill()
        living = undefined
      }
      inFlight.add(await claims())
    }

    const from = performance.now()
    living = await crew.start(environment)
    await publisher.stop()
    await nothingOwed(living, webhooks, 60_000)
    const recoveredMs = Math.round(performance.now() - from)
    const { code } = await living.stop()
    const found = account(new Set(publisher.accepted.keys()), webhooks, tally)
    const unexplained = inFlight.unexplained(tally)
    report(scenario, {
      ...found,
      unexplained,
      kills,
      inFlight: inFlight.size,
      events: publisher.accepted.size,
      requestsRepeated: publisher.repeated,
      recoveredMs,
      seed,
    })
    expect(found).toMatchObject({ lost: 0, unknown: 0 })
    expect(found.duplicated).toBeLessThanOrEqual(inFlight.size)
    expect(unexplained).toBe(0)
    expect(found.accepted).toBeGreaterThan(kills * acceptedEach)
    expect(inFlight.size).toBeGreaterThan(0)
    expect(code).toBe(0)
  } finally {
    publisher.abandon()
    await crew.end()
    await tally.close()
  }
}

test('killed a hundred times on PostgreSQL, it loses nothing and repeats at most what was in flight', async () => {
  const server = await startPostgres()
  const database = server.url('postgres')
  const sql = postgres(database, { max: 1 })
  try {
    await kill({
      scenario: 'kill -9, PostgreSQL',
      database,
      kills: 100,
      claims: claimsOnPostgres(sql),
    })
  } finally {
    await sql.end()
    await server.close()
  }
})

test('killed ten times on PGlite, it loses nothing and repeats at most what was in flight', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-killed-'))
  try {
    await kill({
      scenario: 'kill -9, PGlite',
      database: directory,
      kills: 10,
      claims: claimsInDirectory(directory),
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
