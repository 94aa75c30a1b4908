import { sql } from 'drizzle-orm'
import { listen } from '../../src/runtimes/node.ts'
import type { OpenDatabase } from '../../src/runtimes/server/database.ts'
import { resultRows } from '../../src/store/rows.ts'
import { type Subjects, screens } from '../support/screens.ts'
import { type Benchmark, result } from './benchmark.ts'
import { type Amounts, fillHistory } from './full-history.ts'
import { quantile } from './quantile.ts'
import { createService } from './service.ts'

const full: Amounts = { instances: 1000, webhooks: 1000, deliveries: 1_000_000 }
const few: Amounts = { instances: 100, webhooks: 100, deliveries: 20_000 }
const warmUps = 8
const times = 40

/** Every page as a browser asks for it, beside the shortest answer the service has. */
export const pages: Benchmark = {
  name: 'pages',
  long: true,
  summary:
    'how long each page takes with 1000 instances, 1000 webhooks and a million deliveries stored',
  async *run({ quick, kinds, databases, note }) {
    for (const kind of kinds) {
      const database = await databases.open(kind)
      const service = await createService(database)
      const server = await listen(service.fetch, { port: 0, hostname: '127.0.0.1' })
      try {
        await service.createWebhook('http://127.0.0.1:9/hook')
        const from = performance.now()
        await fillHistory(database.db, quick ? few : full)
        note(`${kind}: filled in ${Math.round((performance.now() - from) / 1000)} s`)
        const [bare, ...shown] = await measure(`http://127.0.0.1:${server.port}`, [
          '/healthz',
          ...(await paths(database)),
        ])
        for (const { path, first, took, cpuMs, bytes } of shown) {
          const name = `${kind} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}`
          note(
            `${name}: first ${first.toFixed()} ms, median ${quantile(took, 0.5).toFixed(1)} ms, cpu ${(cpuMs / times).toFixed(1)} ms, ${Math.round(bytes / 1000)} kB`,
          )
          yield result({
            name: `pages.${name}`,
            value: quantile(took, 0.95),
            unit: 'ms (p95)',
            reference: quantile(bare?.took ?? [], 0.95),
            target: { of: 'value', atMost: 30 },
          })
        }
      } finally {
        await server.close()
        await service.stop()
        await database.close()
      }
    }
  },
}

/** Asks for one after another, in turn, as people do: none alone pays for code that all have in common. */
async function measure(origin: string, addresses: readonly string[]) {
  const all = addresses.map((path) => ({
    ...{ path, first: 0, cpuMs: 0, bytes: 0 },
    took: [] as number[],
  }))
  for (let n = 0; n < warmUps + times; n += 1)
    for (const one of all) {
      const before = process.cpuUsage()
      const from = performance.now()
      const response = await fetch(origin + one.path, { headers: { Accept: 'text/html' } })
      const body = await response.text()
      const tookMs = performance.now() - from
      if (!response.ok)
        throw new Error(`${one.path} answered ${response.status}: ${body.slice(0, 200)}`)
      if (n === 0) one.first = tookMs
      if (n < warmUps) continue
      const { user, system } = process.cpuUsage(before)
      one.took.push(tookMs)
      one.cpuMs += (user + system) / 1000
      one.bytes = body.length
    }
  return all
}

/** Every screen, those with filters and far into a list too. */
async function paths({ db }: OpenDatabase): Promise<string[]> {
  const [made] = resultRows<Subjects & { readonly old: string }>(
    await db.execute(sql`
      select (select instance from alerts limit 1) as instance,
        (select webhook_id from alerts limit 1) as webhook,
        (select id from deliveries where status = 'dead_letter' order by id desc limit 1) as delivery,
        (select id from events order by id desc limit 1) as event,
        (select id from deliveries order by id limit 1 offset 5000) as old`),
  )
  if (made === undefined) throw new TypeError('Nothing is stored.')
  const { instance, webhook, old } = made
  return [
    ...screens(made),
    '/?state=alert',
    '/?q=cache-09&page=2',
    `/alerts?instance=${instance}`,
    '/alerts/trace',
    '/webhooks?state=failing',
    '/webhooks?q=hook+99',
    '/deliveries?status=dead_letter',
    '/deliveries?status=retrying&event=memory.critical&time=24h',
    `/deliveries?webhook=${webhook}&status=failed`,
    `/deliveries?before=${old}`,
    `/dead-letters?webhook=${webhook}`,
    '/events?type=memory.critical',
    `/instances/${instance}?span=day`,
  ]
}
