import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startValkey } from '../../src/cli/valkey-server.ts'
import { connect } from '../../src/valkey/connection.ts'
import { type Benchmark, result } from './benchmark.ts'
import type { Task } from './hour-process.ts'

const program = fileURLToPath(new URL('hour-process.js', import.meta.url))
const told = z.object({ heap: z.array(z.number()).min(2), cpuMs: z.number() })
const everyMs = 10_000

/** Memory at the end of a simulated hour, beside that when all there is to learn first is learned. */
export const hour: Benchmark = {
  name: 'hour',
  long: true,
  summary:
    'memory after a simulated hour of 100 servers watched every 10 s, against that after 25 minutes',
  async *run({ quick, kinds, databases, note }) {
    const server = await startValkey()
    const valkey = connect({ url: server.url, timeoutMs: 3000 })
    const info = String(await valkey.call('INFO', 'ALL'))
    valkey.close()
    await server.stop()
    const instances = quick ? 20 : 100
    for (const kind of kinds) {
      const place = await databases.place(kind)
      const task: Task = { place, info, instances, everyMs, looks: 3_600_000 / everyMs }
      const child = fork(program, [JSON.stringify(task)], {
        execArgv: [...process.execArgv, '--expose-gc'],
      })
      const { heap, cpuMs } = told.parse((await once(child, 'message'))[0])
      const megabytes = (bytes = 0) => bytes / 1e6
      note(`${kind}: heap by ten minutes: ${tenths(heap).join(', ')} MB`)
      yield result({
        name: `hour.${kind}.heap`,
        value: megabytes(heap.at(-1)),
        unit: 'MB',
        // By then the samples of the anomaly detectors are full.
        reference: megabytes(heap[24]),
        target: { of: 'ratio', atMost: 1.05 },
      })
      note(`${kind}: ${(cpuMs / 3_600_000).toFixed(2)} cores, without the servers' side`)
    }
  },
}

const tenths = (heap: readonly number[]) =>
  heap.filter((_, at) => at % 10 === 9).map((bytes) => Math.round(bytes / 1e6))
