import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { TocsinProcess } from '../support/tocsin-process.ts'
import { claimsOnPostgres, createInFlight } from './claims.ts'
import { publish } from './publish.ts'
import { account, report } from './report.ts'
import { onPostgres } from './scene.ts'
import { createWebhook, nothingOwed } from './webhooks.ts'

const events = 2000
const leaseMs = 30_000

/** How many deliveries this process has sent: it says so in its log. */
const sentBy = ({ output }: TocsinProcess) => output.stderr.split('"deliveryId"').length - 1

test('three replicas send everything exactly once, and each does its part', () =>
  onPostgres(async ({ crew, tally, database }) => {
    const environment = { DATABASE_URL: database, LOG_LEVEL: 'debug' }
    const replicas = await Promise.all([1, 2, 3].map(() => crew.start(environment)))
    const receivers = await Promise.all([5, 20].map((delayMs) => tally.receiver({ delayMs })))
    const [one] = replicas
    const webhooks: string[] = []
    for (const { url } of receivers) if (one) webhooks.push(await createWebhook(one, url))

    const accepted = new Set<string>()
    const from = performance.now()
    let left = events
    const publishAll = async ({ url }: TocsinProcess) => {
      while (left > 0) {
        const count = Math.min(10, left)
        left -= count
        for (const id of await publish(url, count)) accepted.add(id)
      }
    }
    await Promise.all(replicas.map(publishAll))
    if (one) await nothingOwed(one, webhooks, 60_000)
    const found = account(accepted, webhooks, tally)
    report('three replicas, nobody killed', {
      ...found,
      events: accepted.size,
      sentBy: replicas.map(sentBy),
      tookMs: Math.round(performance.now() - from),
    })
    expect(found).toMatchObject({ accepted: events * 2, lost: 0, duplicated: 0, unknown: 0 })
    for (const replica of replicas) expect(sentBy(replica)).toBeGreaterThan(0)
  }))

test('what a killed replica had in flight is taken over within the lease, and nothing else waits for that', () =>
  onPostgres(async ({ crew, tally, sql, database }) => {
    const [victim, ...others] = await Promise.all(
      [1, 2, 3].map(() => crew.start({ DATABASE_URL: database })),
    )
    const [one] = others
    if (victim === undefined || one === undefined) throw new Error('no replica has started')
    // Long enough under way to be killed there.
    const slow = await tally.receiver({ delayMs: 1500 })
    const webhooks: string[] = []
    for (let count = 0; count < 8; count += 1) webhooks.push(await createWebhook(one, slow.url))
    const accepted = new Set<string>()
    const publishAt = async (process: TocsinProcess, count: number) => {
      for (const id of await publish(process.url, count)) accepted.add(id)
    }

    // Who accepts an event hears of it first: these are the victim's.
    await publishAt(victim, 5)
    await slow.next(5 * webhooks.length)
    const claims = await claimsOnPostgres(sql)()
    await victim.kill()
    const killedAt = Date.now()
    const inFlight = createInFlight()
    await publishAt(one, 40)
    await pause(2000)
    // The others have settled theirs by now: what was claimed then and still is was the victim's.
    const left = new Set((await claimsOnPostgres(sql)()).map(({ claim_id }) => claim_id))
    inFlight.add(claims.filter(({ claim_id }) => left.has(claim_id)))

    await nothingOwed(one, webhooks, leaseMs + 20_000)
    const found = account(accepted, webhooks, tally)
    const arrivals = [...tally.arrivals.values()]
    const last = (held: boolean) =>
      Math.max(
        ...arrivals
          .filter(({ deliveryId }) => inFlight.has(deliveryId) === held)
          .map(({ times }) => (times.at(-1) ?? 0) - killedAt),
      )
    const unexplained = inFlight.unexplained(tally)
    report('one replica of three killed', {
      ...found,
      unexplained,
      events: accepted.size,
      inFlight: inFlight.size,
      takenOverMs: last(true),
      othersDoneMs: last(false),
    })
    expect(found).toMatchObject({ lost: 0, unknown: 0 })
    expect(unexplained).toBe(0)
    expect(inFlight.size).toBeGreaterThan(0)
    expect(found.duplicated).toBeLessThanOrEqual(inFlight.size)
    expect(last(true)).toBeLessThanOrEqual(leaseMs + 2000)
    expect(last(false)).toBeLessThan(leaseMs / 2)
  }))
