import { sql } from 'drizzle-orm'
import { builtInFormats } from '../../src/formats/index.ts'
import { isEmpty, plan } from '../../src/pipeline/plan.ts'
import type { Reading, Source } from '../../src/pipeline/reading.ts'
import { noAlerts } from '../../src/pipeline/standing.ts'
import { createSubscriberCache, type Subscribers } from '../../src/pipeline/subscribers.ts'
import { createCatalog } from '../../src/rules/catalog.ts'
import { createFormats } from '../../src/rules/formats.ts'
import { createVault } from '../../src/rules/vault.ts'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import { openDatabase } from '../../src/runtimes/server/database.ts'
import type { Database } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import { type Benchmark, result } from './benchmark.ts'
import { median } from './quantile.ts'

const catalog = createCatalog(builtInPlugins)
/** A rule with a limit of its own that the reading stays below: nobody's state changes. */
const subscribed = 'memory.critical'
const data = { metric: 'memory_used_percent', value: 10, maxmemory: 100, usedMemory: 10 }
const few = 10
const batchMs = 5

/** One quiet reading held against more and more webhooks. */
export const evaluator: Benchmark = {
  name: 'evaluator',
  summary: 'one reading that changes nothing against 10, 1000 and 100000 webhooks',
  async *run({ quick }) {
    const database = await openDatabase({ kind: 'memory' })
    try {
      let reference = Number.NaN
      for (const webhooks of [few, 1000, quick ? 3000 : 100_000]) {
        await fill(database.db, webhooks)
        const cost = await readingCost(database.db, quick ? 5 : 15)
        if (webhooks === few) reference = cost
        yield result({
          name: `evaluator.${webhooks}-webhooks`,
          value: cost,
          unit: 'microseconds',
          reference,
          // Sublinear by far: ten thousand times the webhooks, at most a hundred times the work.
          target: { of: 'ratio', atMost: Math.round(Math.sqrt(webhooks / few)) },
        })
      }
    } finally {
      await database.close()
    }
  },
}

/** Brings the table to `count` webhooks, their limits spread over what is allowed. */
async function fill(db: Database, count: number): Promise<void> {
  const settings = JSON.stringify({
    events: [subscribed],
    eventsPolicy: 'include',
    headers: {},
    format: 'betterdb',
    retryPolicy: { maxRetries: 3, initialDelayMs: 1000, backoffMultiplier: 2, maxDelayMs: 60_000 },
  })
  await db.execute(sql`
    insert into webhooks (id, name, url, secret, settings)
    select gen_random_uuid(), 'benchmark', 'http://127.0.0.1:9/', '', ${settings}::jsonb ||
      jsonb_build_object('thresholds', jsonb_build_object('memoryCriticalPercent', 50 + n % 50))
    from generate_series((select count(*) from webhooks) + 1, ${count}::int) n`)
}

/** Microseconds of one reading: the median of `batches`, each at least {@link batchMs} long. */
async function readingCost(db: Database, batches: number): Promise<number> {
  const subscribers = await createSubscriberCache(
    { db, vault: await createVault() },
    catalog,
    createFormats(builtInFormats),
  ).current()
  const once = evaluation(subscribers)
  once()
  const costs: number[] = []
  for (let batch = 0; batch < batches; batch += 1) {
    const from = performance.now()
    let readings = 0
    do {
      once()
      readings += 1
    } while (performance.now() - from < batchMs)
    costs.push(((performance.now() - from) / readings) * 1000)
  }
  return median(costs)
}

function evaluation(subscribers: Subscribers): () => void {
  const event = catalog.events.get(subscribed)
  if (event === undefined) throw new Error(`no event type ${subscribed}`)
  const id = newId()
  const source: Source = { key: id, instanceId: id, at: new Date(), origin: 'plugin' }
  const readings: readonly Reading[] = [{ event, data, subject: '' }]
  const situation = { subscribers, standing: noAlerts, tier: 'enterprise' } as const
  return () => {
    if (!isEmpty(plan(source, readings, situation)))
      throw new Error('the reading changed something')
  }
}
