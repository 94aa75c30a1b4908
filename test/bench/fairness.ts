import { type Benchmark, type BenchmarkContext, result } from './benchmark.ts'
import { machineMs } from './clock.ts'
import type { DatabaseKind } from './databases.ts'
import { paced, patienceMs } from './pace.ts'
import { quantile } from './quantile.ts'
import { type BenchReceiver, startReceiver } from './receiver.ts'
import { createService } from './service.ts'

/** Low enough for every database, so that only the neighbour makes a difference. */
const perSecond = 20
const healthy = 4

/** The same load without and with one more webhook, whose receiver never answers. */
export const fairness: Benchmark = {
  name: 'fairness',
  summary: 'p99 of healthy receivers beside one that hangs, against the same without it',
  async *run(context) {
    for (const kind of context.quick ? context.kinds.slice(0, 1) : context.kinds) {
      const without = await waits(context, kind, false)
      const beside = await waits(context, kind, true)
      for (const [name, q] of Object.entries({ p50: 0.5, p99: 0.99 })) {
        yield result({
          name: `fairness.${kind}.${name}`,
          value: quantile(beside, q),
          unit: 'ms',
          reference: quantile(without, q),
          ...(name === 'p99' && { target: { of: 'ratio', atMost: 2 } }),
        })
      }
    }
  },
}

async function waits(
  { quick, databases }: BenchmarkContext,
  kind: DatabaseKind,
  hanging: boolean,
): Promise<number[]> {
  const database = await databases.open(kind)
  const receiver = await startReceiver(healthy)
  try {
    const service = await createService(database)
    for (const url of receiver.urls) await service.createWebhook(url)
    if (hanging) {
      const deliveryConfig = { timeoutMs: 2000 }
      await service.createWebhook(receiver.silentUrl, { deliveryConfig })
    }
    service.start()
    await paced({ perSecond, seconds: 2 }, () => service.publish())
    await receiver.arrived(perSecond * 2 * healthy, patienceMs)
    await receiver.forget()
    const meant = new Map<string, number>()
    await paced({ perSecond, seconds: quick ? 2 : 8 }, async (meantAt) => {
      const [id] = await service.publish()
      if (id !== undefined) meant.set(id, meantAt)
    })
    await receiver.arrived(meant.size * healthy, patienceMs)
    const slowest = await lastArrivals(receiver, meant)
    // What hangs is left to its lease.
    await service.stop(2500)
    return slowest
  } finally {
    await database.close()
    receiver.close()
  }
}

/** Milliseconds until each event had arrived at all of the healthy. */
async function lastArrivals(
  receiver: BenchReceiver,
  meant: ReadonlyMap<string, number>,
): Promise<number[]> {
  const { last } = await receiver.report()
  const now = machineMs()
  return [...meant].map(([id, meantAt]) => (last.get(id) ?? now) - meantAt)
}
