import { setTimeout as sleep } from 'node:timers/promises'
import { startValkey } from '../../src/cli/valkey-server.ts'
import { connect } from '../../src/valkey/connection.ts'
import { parseInfo } from '../../src/valkey/info.ts'
import { type Benchmark, type BenchmarkContext, result } from './benchmark.ts'
import { createService } from './service.ts'
import { startTap } from './tap.ts'

/** What one poll costs the server. */
interface Cost {
  readonly commands: number
  readonly microseconds: number
  readonly roundTrips: number
  readonly bytes: number
}

const units = {
  commands: 'commands/poll',
  microseconds: 'µs/poll',
  roundTrips: 'round trips/poll',
  bytes: 'bytes/poll',
} as const

const servers = {
  standalone: [],
  cluster: ['--cluster-enabled', 'yes'],
}

/** What a watched server has to do for it, by its own count, beside INFO ALL and nothing else. */
export const watchCost: Benchmark = {
  name: 'watch',
  summary: 'what a poll costs the watched server, against a bare INFO ALL',
  async *run(context) {
    for (const [name, args] of Object.entries(servers)) {
      const server = await startValkey({ args })
      try {
        const { ours, bare, calls } = await costs(context, server.port, args.length > 0)
        context.note(`${name}: ${calls}`)
        for (const part of ['commands', 'microseconds', 'roundTrips', 'bytes'] as const)
          yield result({
            name: `watch.${name}.${part.toLowerCase()}`,
            value: ours[part],
            unit: units[part],
            reference: bare[part],
            // Now and then one must ask more: hardly ever.
            ...(part === 'roundTrips' && { target: { of: 'value', atMost: 1.05 } }),
          })
      } finally {
        await server.stop()
      }
    }
  },
}

async function costs(
  { quick, kinds, databases }: BenchmarkContext,
  port: number,
  cluster: boolean,
) {
  const admin = connect({ url: `redis://127.0.0.1:${port}`, timeoutMs: 3000 })
  if (cluster) {
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16383)
    // For a while after its state has changed a cluster is looked at more closely.
    while (!/cluster_state:ok/.test(String(await admin.call('CLUSTER', 'INFO')))) await sleep(50)
  }
  const taps = [await startTap(port), await startTap(port)] as const
  const [url, bareUrl] = taps.map((tap) => `redis://127.0.0.1:${tap.port}`) as [string, string]
  const watched = { name: 'watched', url, host: '127.0.0.1', port: taps[0].port }
  const database = await databases.open(kinds[0] ?? 'pglite')
  const service = await createService(database, { instances: [watched], pollIntervalMs: 100 })
  const client = connect({ url: bareUrl, timeoutMs: 3000 })

  async function measured(tap: (typeof taps)[number], work: () => Promise<unknown>) {
    await admin.call('CONFIG', 'RESETSTAT')
    const [bytes, roundTrips] = [tap.bytes, tap.roundTrips]
    const polls = await work()
    const stats = parseInfo(String(await admin.call('INFO', 'commandstats')))
    const commands = stats.startingWith('cmdstat_').flatMap(([field, line]) => {
      const [, calls, usec] = /^calls=(\d+),usec=(\d+)/.exec(line) ?? []
      const name = field.slice('cmdstat_'.length)
      return name === 'config|resetstat' ? [] : [{ name, calls: Number(calls), usec: Number(usec) }]
    })
    const count = Number(polls ?? commands.find(({ name }) => name === 'ping')?.calls)
    const sum = (of: 'calls' | 'usec') => commands.reduce((all, it) => all + it[of], 0) / count
    return {
      calls: commands.map(({ name, calls }) => `${name} ${(calls / count).toFixed(2)}`).join(', '),
      cost: {
        commands: sum('calls'),
        microseconds: sum('usec'),
        roundTrips: (tap.roundTrips - roundTrips) / count,
        bytes: (tap.bytes - bytes) / count,
      } satisfies Cost,
    }
  }

  try {
    service.start()
    // The first looks read what later ones do not; a moved counter (our own) is looked into.
    await sleep(2000)
    const ours = await measured(taps[0], () => sleep(quick ? 3000 : 10_000))
    await service.stop()
    const polls = quick ? 30 : 100
    await client.call('PING')
    const bare = await measured(taps[1], async () => {
      for (let poll = 0; poll < polls; poll += 1) await client.call('INFO', 'ALL')
      return polls
    })
    return { ours: ours.cost, bare: bare.cost, calls: ours.calls }
  } finally {
    await database.close()
    for (const one of [admin, client]) one.close()
    for (const tap of taps) tap.close()
  }
}
