import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { createCrew } from './crew.ts'
import { startPublisher } from './publisher.ts'
import { account, quantile, report } from './report.ts'
import { onPostgres, type Scene } from './scene.ts'
import { createTally } from './tally.ts'
import { createWebhook, nothingOwed } from './webhooks.ts'

const measureMs = 10_000
/** Well under what each database can follow: waiting in line would hide what neighbours cost. */
const everyMs = { postgres: 10, pglite: 25 }

async function compare(
  scenario: string,
  everyMs: number,
  { crew, tally, database }: Pick<Scene, 'crew' | 'tally' | 'database'>,
): Promise<void> {
  const tocsin = await crew.start({ DATABASE_URL: database })
  const healthy = await tally.receiver()
  const webhook = await createWebhook(tocsin, healthy.url)
  const accepted = new Set<string>()
  const neighbours: Receiver[] = []

  /** Publishes at an even rate for a while; answers with how long each event took to arrive. */
  async function latencies(forMs: number): Promise<number[]> {
    const publisher = startPublisher({ target: () => tocsin.url, everyMs, atOnce: 200 })
    try {
      await pause(forMs)
      await publisher.stop()
    } finally {
      publisher.abandon()
    }
    await nothingOwed(tocsin, [webhook], 20_000)
    for (const id of publisher.accepted.keys()) accepted.add(id)
    return [...publisher.accepted].map(
      ([id, from]) => (tally.arrivals.get(`${webhook} ${id}`)?.times[0] ?? Number.NaN) - from,
    )
  }

  try {
    await latencies(3000)
    const alone = await latencies(measureMs)
    neighbours.push(await startReceiver({ respond: { hang: 'headers' } }))
    neighbours.push(await startReceiver({ respond: { body: 'x'.repeat(10_000), trickleMs: 100 } }))
    for (const { url } of neighbours) await createWebhook(tocsin, url)
    // Until both hold all that they can.
    await latencies(2000)
    const held = neighbours.map(({ open }) => open)
    const beside = await latencies(measureMs)

    const found = account(accepted, [webhook], tally)
    const p99 = { alone: quantile(alone, 0.99), beside: quantile(beside, 0.99) }
    report(scenario, {
      ...found,
      samples: [alone.length, beside.length],
      p50Ms: { alone: quantile(alone, 0.5), beside: quantile(beside, 0.5) },
      p99Ms: p99,
      ratio: Number((p99.beside / p99.alone).toFixed(2)),
      neighboursHold: held,
    })
    expect(found).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 })
    for (const { length } of [alone, beside])
      expect(length).toBeGreaterThan((0.8 * measureMs) / everyMs)
    for (const open of held) expect(open).toBeGreaterThan(0)
    expect(p99.beside).toBeLessThanOrEqual(2 * p99.alone)
  } finally {
    await Promise.all(neighbours.map((receiver) => receiver.close()))
  }
}

test('on PostgreSQL the healthy p99 at most doubles beside a receiver that hangs and one that trickles', () =>
  onPostgres((scene) => compare('hanging neighbours, PostgreSQL', everyMs.postgres, scene)))

test('on PGlite the healthy p99 at most doubles beside a receiver that hangs and one that trickles', async () => {
  const database = await mkdtemp(join(tmpdir(), 'tocsin-neighbours-'))
  const crew = createCrew()
  const tally = createTally()
  try {
    await compare('hanging neighbours, PGlite', everyMs.pglite, { crew, tally, database })
  } finally {
    await crew.end()
    await tally.close()
    await rm(database, { recursive: true, force: true })
  }
})
