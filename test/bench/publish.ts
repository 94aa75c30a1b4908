import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { type Benchmark, result } from './benchmark.ts'
import { quantile } from './quantile.ts'
import { startReceiver } from './receiver.ts'
import { createService } from './service.ts'

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 }
/** Longest that either side is measured. */
const patienceMs = 10_000
/** Not counted: until then most code is not compiled, on either side. */
const warmUp = 500

/** One event a request, one after another, while what they owe is being delivered. */
export const publishCost: Benchmark = {
  name: 'publish',
  summary: 'one durable publish, against a bare insert of one row',
  async *run({ quick, kinds, databases }) {
    const count = quick ? 100 : 500
    for (const kind of kinds) {
      const database = await databases.open(kind)
      const receiver = await startReceiver()
      try {
        const service = await createService(database)
        await service.createWebhook(receiver.urls[0] ?? '')
        service.start()
        const before = await timed(warmUp, () => service.publish())
        const ours = await timed(count, () => service.publish())
        await receiver.arrived(before.length + ours.length, patienceMs)
        await service.stop()

        const text = 'x'.repeat((await receiver.report()).bodyBytes)
        await database.db.execute(sql`create table bare (id uuid primary key, data text not null)`)
        const insert = () =>
          database.db.execute(sql`insert into bare (id, data) values (${randomUUID()}, ${text})`)
        await timed(warmUp, insert)
        const bare = await timed(count, insert)
        for (const [name, q] of Object.entries(quantiles)) {
          yield result({
            name: `publish.${kind}.${name}`,
            value: quantile(ours, q),
            unit: 'ms',
            reference: quantile(bare, q),
            ...(name === 'p95' && { target: { of: 'value', atMost: 12 } }),
          })
        }
      } finally {
        await database.close()
        receiver.close()
      }
    }
  },
}

/** Milliseconds that each of `count` calls takes, one after another. */
async function timed(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = []
  const until = performance.now() + patienceMs
  while (took.length < count && performance.now() < until) {
    const from = performance.now()
    await call()
    took.push(performance.now() - from)
  }
  return took
}
