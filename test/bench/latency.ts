import { createBareSender } from './bare.ts'
import { type Benchmark, type BenchmarkContext, type Result, result } from './benchmark.ts'
import { machineMs } from './clock.ts'
import type { DatabaseKind } from './databases.ts'
import { paced, patienceMs } from './pace.ts'
import { quantile } from './quantile.ts'
import { type BenchReceiver, startReceiver } from './receiver.ts'
import { createService } from './service.ts'

/** Events a second, and how slow the slowest twentieth may be, in milliseconds. */
const rates = [
  { perSecond: 50, atMost: 120 },
  { perSecond: 200, atMost: 120 },
  { perSecond: 1000, atMost: 1000 },
]
const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 }

/** From the moment an event is meant to be published, one a request, to its receipt. */
export const latency: Benchmark = {
  name: 'latency',
  summary: 'from publish to receipt in an open loop, against a bare POST at the same rate',
  async *run(context) {
    for (const kind of context.kinds)
      for (const rate of context.quick ? rates.slice(0, 1) : rates)
        yield* delays(context, kind, { ...rate, seconds: context.quick ? 1 : 6 })
  },
}

/** The same at the highest rate for as long as it is promised. */
export const minute: Benchmark = {
  name: 'minute',
  long: true,
  summary: 'latency at 1000 events a second for a whole minute',
  async *run(context) {
    for (const kind of context.kinds)
      for (const rate of rates.slice(-1))
        yield* delays(context, kind, { ...rate, seconds: context.quick ? 10 : 60 })
  },
}

interface Load {
  readonly perSecond: number
  readonly atMost: number
  readonly seconds: number
}

async function* delays(
  context: BenchmarkContext,
  kind: DatabaseKind,
  load: Load,
): AsyncIterable<Result> {
  const { ours, bare } = await measure(context, kind, load)
  const { perSecond, seconds, atMost } = load
  const during = seconds < 60 ? '' : '.minute'
  for (const [name, q] of Object.entries(quantiles)) {
    yield result({
      name: `latency.${kind}.${perSecond}/s${during}.${name}`,
      value: quantile(ours, q),
      unit: 'ms',
      reference: quantile(bare, q),
      ...(name === 'p95' && { target: { of: 'value', atMost } }),
    })
  }
}

async function measure(
  { databases, note }: BenchmarkContext,
  kind: DatabaseKind,
  { perSecond, seconds }: Load,
) {
  const database = await databases.open(kind)
  const receiver = await startReceiver()
  const service = await createService(database)
  const url = receiver.urls[0] ?? ''
  let turnedAway = 0
  const publish = async () => {
    const [id] = await service.publish()
    if (id === undefined) turnedAway += 1
    return id
  }
  try {
    await service.createWebhook(url)
    service.start()
    // Code that has never run is no slower in production than code that has: it runs for months.
    await paced({ perSecond: 50, seconds: 1 }, publish)
    await receiver.arrived(50 - turnedAway, patienceMs)
    const ours = await waits(receiver, { perSecond, seconds }, publish)
    const { bodyBytes } = await receiver.report()
    await service.stop()
    const sender = createBareSender(bodyBytes)
    await paced({ perSecond: 50, seconds: 1 }, () => sender.send(url))
    const send = () => sender.send(url)
    const bare = await waits(receiver, { perSecond, seconds: Math.min(seconds, 3) }, send)
    sender.close()
    if (turnedAway > 0) note(`${kind}, ${perSecond}/s: ${turnedAway} turned away as too many`)
    return { ours, bare }
  } finally {
    await database.close()
    receiver.close()
  }
}

/** Milliseconds from when each event was meant to be sent to when it arrived. */
async function waits(
  receiver: BenchReceiver,
  rate: { readonly perSecond: number; readonly seconds: number },
  send: () => Promise<string | undefined>,
): Promise<number[]> {
  await receiver.forget()
  const meant = new Map<string, number>()
  await paced(rate, async (meantAt) => {
    const id = await send()
    if (id !== undefined) meant.set(id, meantAt)
  })
  await receiver.arrived(meant.size, patienceMs)
  const { at } = await receiver.report()
  const now = machineMs()
  const arrived = [...meant].map(([id, meantAt]) => (at.get(id) ?? now) - meantAt)
  // Those turned away, or not even answered, count too.
  const lost = rate.perSecond * rate.seconds - meant.size
  return [...arrived, ...Array.from({ length: lost }, () => patienceMs)]
}
