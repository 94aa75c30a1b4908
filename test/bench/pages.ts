import { sql } from 'drizzle-orm'
import { listen } from '../../src/runtimes/node.ts'
import type { OpenDatabase } from '../../src/runtimes/server/database.ts'
import { resultRows } from '../../src/store/rows.ts'
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
      const origin = `http://127.0.0.1:${server.port}`
      try {
        await service.createWebhook('http://127.0.0.1:9/hook')
        const from = performance.now()
        await fillHistory(database.db, quick ? few : full)
        note(`${kind}: filled in ${Math.round((performance.now() - from) / 1000)} s`)
        for (const path of await paths(database)) {
          const { p50, p95, cpu, bytes } = await measure(origin + path)
          const bare = await measure(`${origin}/healthz`)
          note(
            `${kind} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}: median ${p50.toFixed(1)} ms, cpu ${cpu.toFixed(1)} ms, ${Math.round(bytes / 1000)} kB`,
          )
          yield result({
            name: `pages.${kind} ${path.replaceAll(/[0-9a-f-]{36}/g, ':id')}`,
            value: p95,
            unit: 'ms (p95)',
            reference: bare.p95,
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

async function measure(url: string) {
  const took: number[] = []
  let cpuMs = 0
  let bytes = 0
  for (let n = 0; n < warmUps + times; n += 1) {
    const before = process.cpuUsage()
    const from = performance.now()
    const response = await fetch(url, { headers: { Accept: 'text/html' } })
    const body = await response.text()
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${body.slice(0, 200)}`)
    if (n < warmUps) continue
    took.push(performance.now() - from)
    const { user, system } = process.cpuUsage(before)
    cpuMs += (user + system) / 1000 / times
    bytes = body.length
  }
  return { p50: quantile(took, 0.5), p95: quantile(took, 0.95), cpu: cpuMs, bytes }
}

/** Every page, those with filters and far into a list too. */
async function paths({ db }: OpenDatabase): Promise<string[]> {
  const [row] = resultRows<Record<'instance' | 'webhook' | 'delivery' | 'event' | 'old', string>>(
    await db.execute(sql`
      select (select instance from alerts limit 1) as instance,
        (select webhook_id from alerts limit 1) as webhook,
        (select id from deliveries where status = 'dead_letter' order by id desc limit 1) as delivery,
        (select id from events order by id desc limit 1) as event,
        (select id from deliveries order by id limit 1 offset 5000) as old`),
  )
  if (row === undefined) throw new TypeError('Nothing is stored.')
  const { instance, webhook, delivery, event, old } = row
  return [
    '/',
    '/?state=alert',
    '/?q=cache-09&page=2',
    '/alerts',
    `/alerts?instance=${instance}`,
    '/alerts/trace',
    `/alerts/trace?webhook=${webhook}&event=memory.critical&instance=${instance}`,
    '/webhooks',
    '/webhooks?state=failing',
    '/webhooks?q=hook+99',
    '/webhooks/new',
    `/webhooks/${webhook}`,
    `/webhooks/${webhook}/edit`,
    '/deliveries',
    '/deliveries?status=dead_letter',
    '/deliveries?status=retrying&event=memory.critical&time=24h',
    `/deliveries?webhook=${webhook}&status=failed`,
    `/deliveries?before=${old}`,
    `/deliveries/${delivery}`,
    '/dead-letters',
    `/dead-letters?webhook=${webhook}`,
    '/events',
    '/events?type=memory.critical',
    `/events/${event}`,
    '/event-types',
    '/event-types/memory.critical',
    '/plugins',
    '/settings',
    '/settings/tokens',
    '/settings/audit',
    '/instances/new',
    `/instances/${instance}`,
    `/instances/${instance}?span=day`,
    `/instances/${instance}/edit`,
  ]
}
