import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { TocsinProcess } from '../support/tocsin-process.ts'
import { claimsOnPostgres, createInFlight } from './claims.ts'
import { startPublisher } from './publisher.ts'
import { account, report } from './report.ts'
import { onPostgres } from './scene.ts'
import { createWebhook, nothingOwed } from './webhooks.ts'

function lives({ pid }: TocsinProcess): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('PostgreSQL crashes twice while events flow: nothing accepted is lost, work resumes by itself', () =>
  onPostgres(async ({ server, database, sql, crew, tally }) => {
    const replicas = await Promise.all([1, 2].map(() => crew.start({ DATABASE_URL: database })))
    const receivers = await Promise.all([2, 300].map((delayMs) => tally.receiver({ delayMs })))
    const webhooks: string[] = []
    for (const { url } of receivers)
      for (const replica of replicas.slice(0, 1)) webhooks.push(await createWebhook(replica, url))
    // Only if none of them survives: lost or not is to be told from what is in the tables.
    const rescuers: TocsinProcess[] = []
    let turn = 0
    const target = () => {
      const living = [...replicas, ...rescuers].filter(lives)
      return living[turn++ % living.length]?.url
    }
    const publisher = startPublisher({ target, everyMs: 20 })
    const inFlight = createInFlight()
    const resumedMs: (number | null)[] = []
    try {
      for (let crash = 0; crash < 2; crash += 1) {
        await pause(3000)
        await server.stop('SIGQUIT')
        await pause(2000)
        await server.start()
        const back = Date.now()
        inFlight.add(await claimsOnPostgres(sql)())
        const accepted = publisher.accepted.size
        // Until one is accepted after the return, and something is sent after that.
        const until = performance.now() + 15_000
        while (performance.now() < until && publisher.accepted.size === accepted) await pause(20)
        const acceptedAt = Date.now()
        while (performance.now() < until && tally.lastAt <= acceptedAt) await pause(20)
        resumedMs.push(tally.lastAt > acceptedAt ? tally.lastAt - back : null)
      }
      await pause(1000)
      const dead = replicas.filter((replica) => !lives(replica))
      const witness = await crew.start({ DATABASE_URL: database })
      if (dead.length === replicas.length) rescuers.push(witness)
      await publisher.stop()
      await nothingOwed(witness, webhooks, 60_000)

      const found = account(new Set(publisher.accepted.keys()), webhooks, tally)
      const unexplained = inFlight.unexplained(tally)
      report('PostgreSQL crashes twice', {
        ...found,
        unexplained,
        events: publisher.accepted.size,
        requestsRepeated: publisher.repeated,
        requestsUnanswered: publisher.unanswered,
        inFlight: inFlight.size,
        resumedMs,
        processesDied: dead.length,
      })
      expect(dead.map(({ output }) => output.stderr.slice(-1000))).toEqual([])
      expect(found).toMatchObject({ lost: 0, unknown: 0 })
      expect(unexplained).toBe(0)
      expect(publisher.repeated).toBeGreaterThan(0)
      expect(publisher.unanswered).toBe(0)
      for (const ms of resumedMs) expect(ms ?? Number.NaN).toBeLessThan(10_000)
      for (const replica of replicas) expect((await replica.stop()).code).toBe(0)
    } finally {
      publisher.abandon()
    }
  }))
