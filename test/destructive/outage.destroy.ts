import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { noteDueTimes, retriesLateMs } from './lateness.ts'
import { startPublisher } from './publisher.ts'
import { seed, seededRandom } from './random.ts'
import { account, quantile, report } from './report.ts'
import { onPostgres } from './scene.ts'
import { createWebhook, nothingOwed } from './webhooks.ts'

const outageMs = 10_000
/** Retries after 0.5, 1, 2, 4, 4, 4, 4, 4 s: more than twice the outage. */
const retryPolicy = { maxRetries: 8, initialDelayMs: 500, backoffMultiplier: 2, maxDelayMs: 4000 }

test('receivers that are away for 10 s or fail now and then get everything, and retries are on time', () =>
  onPostgres(async ({ database, sql, crew, tally }) => {
    const tocsin = await crew.start({ DATABASE_URL: database })
    await noteDueTimes(sql)
    const random = seededRandom(seed)
    const away = await tally.receiver()
    const moody = await tally.receiver({ status: () => (random() < 0.2 ? 500 : 200) })
    const webhooks: string[] = []
    for (const { url } of [away, moody])
      webhooks.push(await createWebhook(tocsin, url, { retryPolicy }))
    const publisher = startPublisher({ target: () => tocsin.url, everyMs: 20 })
    try {
      await pause(2000)
      await away.close()
      await pause(outageMs)
      await tally.receiver({}, away.port)
      const back = Date.now()
      await pause(3000)
      await publisher.stop()
      await nothingOwed(tocsin, webhooks, 60_000)

      const found = account(new Set(publisher.accepted.keys()), webhooks, tally)
      const late = await retriesLateMs(sql)
      const [most] = await sql<{ attempts: number }[]>`
        select max(attempts) as attempts from deliveries`
      report('receiver away for 10 s, another failing one time in five', {
        ...found,
        events: publisher.accepted.size,
        retries: late.length,
        lateP50Ms: Math.round(quantile(late, 0.5)),
        lateP99Ms: Math.round(quantile(late, 0.99)),
        lateMaxMs: Math.round(Math.max(...late)),
        mostAttempts: most?.attempts,
        allDeliveredMsAfterReturn: tally.lastAt - back,
        seed,
      })
      expect(found).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 })
      expect(late.length).toBeGreaterThan(200)
      // Never early, by more than the clocks' grain.
      expect(Math.min(...late)).toBeGreaterThan(-5)
      expect(quantile(late, 0.99)).toBeLessThanOrEqual(1000)
      expect(most?.attempts).toBeLessThanOrEqual(retryPolicy.maxRetries + 1)
    } finally {
      publisher.abandon()
    }
  }))
