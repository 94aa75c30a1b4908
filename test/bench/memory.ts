import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Benchmark, type BenchmarkContext, result } from './benchmark.ts'
import type { DatabaseKind, DatabasePlace } from './databases.ts'
import { startReceiver } from './receiver.ts'

const program = fileURLToPath(new URL('memory-process.js', import.meta.url))
const measured = z.object({ rssBytes: z.number() })
const patienceMs = 60_000

interface Drained {
  readonly megabytes: number
  readonly perSecond: number
}

/** A process that has sent as much from a queue of many as another from a queue of just that. */
export const memory: Benchmark = {
  name: 'memory',
  summary: 'memory and rate of a process with 100000 deliveries waiting, against one with few',
  async *run(context) {
    const sent = context.quick ? 100 : 1000
    for (const kind of context.quick ? context.kinds.slice(0, 1) : context.kinds) {
      const few = await drain(context, kind, { waiting: sent, sent })
      const many = await drain(context, kind, { waiting: context.quick ? 5000 : 100_000, sent })
      const parts = { megabytes: 'MB', perSecond: 'deliveries/s' } as const
      for (const part of ['megabytes', 'perSecond'] as const) {
        yield result({
          name: `memory.${kind}.${part === 'megabytes' ? 'rss' : 'rate'}`,
          value: many[part],
          unit: parts[part],
          reference: few[part],
          target:
            part === 'megabytes' ? { of: 'ratio', atMost: 1.5 } : { of: 'ratio', atLeast: 0.5 },
        })
      }
    }
  },
}

async function drain(
  { databases, note }: BenchmarkContext,
  kind: DatabaseKind,
  { waiting, sent }: { readonly waiting: number; readonly sent: number },
): Promise<Drained> {
  const place = await databases.place(kind)
  const receiver = await startReceiver()
  const url = receiver.urls[0] ?? ''
  try {
    await once(start(place, url, waiting), 'exit')
    const child = start(place, url, 0)
    await receiver.arrived(1, patienceMs)
    const from = performance.now()
    if (!(await receiver.arrived(sent, patienceMs)))
      note(`${kind}: not even ${sent} of ${waiting} arrived`)
    const seconds = (performance.now() - from) / 1000
    const answer = once(child, 'message')
    child.send('stop')
    const { rssBytes } = measured.parse((await answer)[0])
    await once(child, 'exit')
    return { megabytes: rssBytes / 1e6, perSecond: sent / seconds }
  } finally {
    receiver.close()
  }
}

function start(place: DatabasePlace, url: string, seed: number) {
  const execArgv = process.execArgv.filter((flag) => !flag.startsWith('--cpu-prof'))
  return fork(program, [JSON.stringify({ ...place, url, seed })], { execArgv })
}
