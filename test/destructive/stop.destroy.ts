import { expect, test } from 'vitest'
import { publish } from './publish.ts'
import { account, report } from './report.ts'
import { onPostgres, type Scene } from './scene.ts'
import { createWebhook, nothingOwed } from './webhooks.ts'

const atOnceMs = 2000

/** Two replicas and one that is going to be stopped. */
async function threeReplicas({ crew, database }: Scene) {
  const [leaving, one, two] = await Promise.all(
    [1, 2, 3].map(() => crew.start({ DATABASE_URL: database })),
  )
  if (leaving === undefined || one === undefined || two === undefined)
    throw new Error('no replica has started')
  return { leaving, one, two }
}

test('a replica stopped with work in flight and waiting loses and doubles nothing; the others go on at once', () =>
  onPostgres(async (scene) => {
    const { tally } = scene
    const { leaving, one } = await threeReplicas(scene)
    const receiver = await tally.receiver({ delayMs: 500 })
    const webhooks = [
      await createWebhook(one, receiver.url),
      await createWebhook(one, receiver.url),
    ]
    // Many times what may be under way at once.
    const accepted = new Set(await publish(leaving.url, 100))
    await receiver.next()
    const stoppedAt = Date.now()
    const { code, ms } = await leaving.stop()
    await nothingOwed(one, webhooks, 60_000)

    const found = account(accepted, webhooks, tally)
    const times = [...tally.arrivals.values()].flatMap((arrival) => arrival.times)
    const after = [stoppedAt, ...times.filter((at) => at > stoppedAt)].toSorted((a, b) => a - b)
    const longestPauseMs = Math.max(...after.map((at, index) => at - (after[index - 1] ?? at)))
    report('one replica of three stopped, work waiting', {
      ...found,
      events: accepted.size,
      arrivedAfterwards: after.length - 1,
      longestPauseMs,
      stopMs: Math.round(ms),
      exitCode: code,
    })
    expect(found).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 })
    expect(after.length).toBeGreaterThan(100)
    expect(longestPauseMs).toBeLessThan(atOnceMs)
    expect(code).toBe(0)
    expect(ms).toBeLessThan(10_000)
  }))

test('retries of a replica that is stopped are made by the others on time', () =>
  onPostgres(async (scene) => {
    const { sql, tally } = scene
    const { leaving, one } = await threeReplicas(scene)
    const failed = new Set<string>()
    // The first attempts are under way when the replica is told to stop, and fail after that.
    const receiver = await tally.receiver({
      delayMs: 1000,
      status({ headers }) {
        const id = String(headers['x-webhook-delivery-id'])
        return failed.size === failed.add(id).size ? 200 : 500
      },
    })
    const retryPolicy = { maxRetries: 3, initialDelayMs: 200 }
    const webhooks = [await createWebhook(one, receiver.url, { retryPolicy })]
    const accepted = new Set(await publish(leaving.url, 10))
    await receiver.next(10)
    const { code } = await leaving.stop()
    await nothingOwed(one, webhooks, 60_000)

    const found = account(accepted, webhooks, tally)
    const [late] = await sql<{ ms: number }[]>`
      select max(extract(epoch from again.started_at - first.started_at) * 1000
        - first.duration_ms)::float8 - 200 as ms
      from attempts first join attempts again using (delivery_id)
      where first.number = 1 and again.number = 2`
    const lateMs = Math.round(late?.ms ?? Number.NaN)
    report('one replica of three stopped, retries to come', {
      ...found,
      events: accepted.size,
      lateMs,
      exitCode: code,
    })
    expect(found).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 })
    expect(code).toBe(0)
    expect(lateMs).toBeLessThan(atOnceMs)
  }))
