import { sql } from 'drizzle-orm'
import { ValkeyError } from 'tocsin/plugin'
import { type DatabasePlace, openPlace } from './databases.ts'
import { createService } from './service.ts'

/**
 * A process that looks at servers for a simulated hour, one interval after the other without waiting,
 * and tells its memory after every minute: its argument is JSON of {@link Task}. The servers answer
 * as a real one did, with counters that run on and numbers that stray.
 */
export interface Task {
  readonly place: DatabasePlace
  /** INFO ALL of a real server. */
  readonly info: string
  readonly instances: number
  readonly everyMs: number
  readonly looks: number
}

const task: Task = JSON.parse(process.argv[2] ?? '{}')
const { everyMs } = task
const begun = Math.floor(Date.now() / everyMs) * everyMs
let now = begun
const database = await openPlace(task.place)
const instances = Array.from({ length: task.instances }, (_, n) => {
  const host = `server-${n}.example.com`
  return { name: host, url: `redis://${host}:6379`, host, port: 6379 }
})
const service = await createService(database, {
  instances,
  pollIntervalMs: everyMs,
  connect: (url) => answering(url),
  now: () => now,
})

const heap: number[] = []
const { user, system } = process.cpuUsage()
for (let look = 1; look <= task.looks; look++) {
  now += everyMs
  await database.db.execute(sql`update instances set next_look_at = now() - interval '1 ms'`)
  await service.tick()
  if ((look * everyMs) % 60_000 > 0) continue
  globalThis.gc?.()
  heap.push(process.memoryUsage().heapUsed)
}
const used = process.cpuUsage({ user, system })
await service.stop()
await database.close()
process.send?.({ heap, cpuMs: (used.user + used.system) / 1000 })
process.disconnect?.()

function answering(url: string) {
  let seed = [...url].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  const even = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 32
  }
  let commands = 0
  const replies: Readonly<Record<string, () => string | string[]>> = {
    PING: () => 'PONG',
    INFO() {
      commands += Math.round((everyMs / 1000) * 1000 * (1 + 0.1 * even()))
      const moving: Record<string, number> = {
        total_commands_processed: commands,
        total_net_input_bytes: commands * 40,
        total_net_output_bytes: commands * 400,
        keyspace_misses: Math.floor(commands / 20),
        connected_clients: 50 + Math.floor(5 * even()),
        used_memory: 5e8 + Math.floor(1e7 * even()),
        uptime_in_seconds: 1e6 + (now - begun) / 1000,
        server_time_usec: now * 1000,
      }
      return task.info.replace(/^(\w+):.*$/gm, (line, field: string) =>
        field in moving ? `${field}:${moving[field]}` : line,
      )
    },
    SLOWLOG: () => [],
    LATENCY: () => [],
    CONFIG: () => ['maxmemory', '0', 'slowlog-log-slower-than', '10000'],
    ACL: () => [],
    CLIENT: () => 'id=3 addr=127.0.0.1:6000 user=default',
  }
  return {
    async call(command: string) {
      const reply = replies[command]
      if (reply === undefined) throw new ValkeyError('unsupported', `unknown command '${command}'`)
      return reply()
    },
    close() {},
  }
}
