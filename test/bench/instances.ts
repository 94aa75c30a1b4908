import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startValkey } from '../../src/cli/valkey-server.ts'
import { type Benchmark, result } from './benchmark.ts'
import { startFleet } from './fleet.ts'
import { quantile } from './quantile.ts'
import type { Task } from './watcher-process.ts'

const program = fileURLToPath(new URL('watcher-process.js', import.meta.url))
const usage = z.object({ cpuMs: z.number(), rss: z.number(), heapUsed: z.number() })

/** One process that watches a thousand servers every ten seconds, among as many dead addresses. */
export const instances: Benchmark = {
  name: 'instances',
  long: true,
  summary: 'a process that watches 1000 servers every 10 s, against bare INFO polls of them',
  async *run({ quick, kinds, databases, note }) {
    const everyMs = quick ? 2000 : 10_000
    const rounds = 2
    const servers = quick ? 200 : 1000
    const server = await startValkey()
    const fleet = await startFleet(server.port, servers, servers)

    async function watched(task: Task) {
      await fleet.forget()
      const child = fork(program, [JSON.stringify(task)], {
        execArgv: [...process.execArgv, '--expose-gc'],
      })
      const told = async (question: string) => {
        const answer = once(child, 'message')
        child.send(question)
        return usage.parse((await answer)[0])
      }
      await once(child, 'message')
      // The first looks are all at once; then they spread.
      await sleep(everyMs * 1.2)
      await fleet.forget()
      const before = await told('report')
      await sleep(everyMs * rounds)
      const after = await told('report')
      const asked = await fleet.asked()
      child.send('stop')
      await once(child, 'exit')
      const gaps = asked.flatMap((times) =>
        times.slice(1).map((at, index) => at - (times[index] ?? at)),
      )
      const late = asked.filter((times) => times.length < rounds).length
      return {
        cores: (after.cpuMs - before.cpuMs) / (everyMs * rounds),
        megabytes: after.rss / 1e6,
        heap: after.heapUsed / 1e6,
        gap: quantile(gaps, 0.99),
        late,
      }
    }

    try {
      const bare = await watched({ ports: fleet.live, everyMs })
      for (const kind of kinds) {
        for (const ports of quick ? [fleet.live] : [fleet.live, [...fleet.dead, ...fleet.live]]) {
          const place = await databases.place(kind)
          const found = await watched({ place, ports, everyMs })
          const name = `instances.${kind}.${ports === fleet.live ? 'alive' : 'half-dead'}`
          note(`${name}: heap ${Math.round(found.heap)} MB; ${found.late} servers missed a look`)
          yield result({
            name: `${name}.cpu`,
            value: found.cores,
            unit: 'cores',
            reference: bare.cores,
            target: { of: 'value', atMost: 0.5 },
          })
          yield result({
            name: `${name}.rss`,
            value: found.megabytes,
            unit: 'MB',
            reference: bare.megabytes,
          })
          yield result({
            name: `${name}.gap`,
            value: found.gap,
            unit: 'ms between looks, p99',
            reference: bare.gap,
            target: { of: 'value', atMost: everyMs * 1.1 },
          })
        }
      }
    } finally {
      fleet.close()
      await server.stop()
    }
  },
}
