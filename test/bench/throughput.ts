import { createBareSender, sendAll } from './bare.ts'
import { type Benchmark, type BenchmarkContext, result } from './benchmark.ts'
import { cpuBetween, cpuNow } from './cpu.ts'
import type { DatabaseKind } from './databases.ts'
import { median } from './quantile.ts'
import { startReceiver } from './receiver.ts'
import { createService } from './service.ts'

const atLeast = { postgres: 0.35, pglite: 0.25 }
/** Requests under way to one webhook at a time, ours by default. */
const perWebhook = 16
/** No further round after that. */
const longestSeconds = 14

interface Rates {
  readonly ours: number
  readonly bare: number
}

/** Drains a queue through the real service, in turns with a bare HTTP loop that sends as much. */
export const throughput: Benchmark = {
  name: 'throughput',
  summary: 'deliveries per second from a queue, against a bare HTTP loop',
  async *run(context) {
    const deliveries = context.quick ? 500 : 5000
    for (const kind of context.kinds) {
      for (const webhooks of context.quick ? [10] : [1, 10]) {
        const { ours, bare } = await rates(context, kind, webhooks, deliveries)
        yield result({
          name: `throughput.${kind}.${webhooks === 1 ? 'one-webhook' : `${webhooks}-webhooks`}`,
          value: ours,
          unit: 'deliveries/s',
          reference: bare,
          target: { of: 'ratio', atLeast: atLeast[kind] },
        })
      }
    }
  },
}

async function rates(
  { quick, databases, note }: BenchmarkContext,
  kind: DatabaseKind,
  webhooks: number,
  deliveries: number,
): Promise<Rates> {
  const receiver = await startReceiver(webhooks)
  const database = await databases.open(kind)
  const cpu = () => cpuNow(receiver.pid, kind === 'postgres' ? database.db : undefined)
  const ours: number[] = []
  const bare: number[] = []
  try {
    const setUp = await createService(database)
    for (const url of receiver.urls) await setUp.createWebhook(url)
    const startedAt = performance.now()
    const rounds = quick ? 1 : webhooks === 1 ? 5 : 3
    for (let round = 0; round < rounds; round += 1) {
      if (seconds(startedAt) > longestSeconds) break
      for (let left = deliveries / webhooks; left > 0; left -= 500)
        await setUp.publish(Math.min(left, 500))
      const service = await createService(database)
      await receiver.forget()
      const [from, cpuFrom] = [performance.now(), await cpu()]
      service.start()
      const all = await receiver.arrived(deliveries, 30_000)
      // The last are delivered only when the table says so.
      await service.stop()
      ours.push(deliveries / seconds(from))
      const cpuTo = await cpu()
      const { count, bodyBytes } = await receiver.report()
      if (!all) throw new Error(`${count} of ${deliveries} deliveries arrived within 30 s`)
      if (count > deliveries) note(`${kind}: ${count} requests for ${deliveries} deliveries`)

      const sender = createBareSender(bodyBytes, perWebhook * webhooks)
      const [bareFrom, cpuBareFrom] = [performance.now(), await cpu()]
      await sendAll(sender, receiver.urls, { count: deliveries, atOnce: perWebhook * webhooks })
      bare.push(deliveries / seconds(bareFrom))
      sender.close()
      const each = cpuBetween(cpuFrom, cpuTo, deliveries)
      const bareEach = cpuBetween(cpuBareFrom, await cpu(), deliveries)
      note(`microseconds of CPU each: ours ${each}; bare ${bareEach}`)
    }
  } finally {
    await database.close()
    receiver.close()
  }
  note(`${kind}, ${webhooks} webhooks: ours ${ours.map(Math.round)}, bare ${bare.map(Math.round)}`)
  // The first half warms up both: it takes some ten thousand deliveries until all code is compiled.
  const warm = (rates: readonly number[]) => rates.slice(Math.floor(rates.length / 2))
  return { ours: median(warm(ours)), bare: median(warm(bare)) }
}

function seconds(from: number): number {
  return (performance.now() - from) / 1000
}
