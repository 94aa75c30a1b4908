import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { createTocsin, type Running, type Tocsin, type TocsinOptions } from '../../src/index.ts'
import { builtInPlugins } from '../../src/runtimes/plugins.ts'
import type { OpenDatabase } from '../../src/runtimes/server/database.ts'
import { signingKeys } from '../../src/runtimes/server/signing-keys.ts'
import { createTransport } from '../../src/runtimes/server/transport.ts'

/** The whole service, as `tocsin start` puts it together, but for the port it listens at. */
export interface BenchService {
  createWebhook(url: string, settings?: Readonly<Record<string, unknown>>): Promise<string>
  readonly fetch: Tocsin['fetch']
  /** Publishes events in one request; answers their ids, none where it was turned away as busy. */
  publish(count?: number): Promise<readonly string[]>
  start(): void
  /** Looks once at every instance that is due. */
  tick(): Promise<void>
  /** Waits until everything under way is settled, within `graceMs`. */
  stop(graceMs?: number): Promise<void>
}

const published = z.object({ events: z.array(z.object({ id: z.string() })) })
const created = z.object({ id: z.string() })
/** An event without a threshold, so that every one is delivered. */
const event = { type: 'instance.up', data: { reason: 'benchmark' } }

export async function createService(
  database: OpenDatabase,
  more: Pick<TocsinOptions, 'instances' | 'pollIntervalMs' | 'connect' | 'now'> = {},
): Promise<BenchService> {
  const policy = { production: false, allow: [] }
  const transport = createTransport({ policy })
  const silent = () => {}
  const complaints = new Set<string>()
  const complain = (message: string, properties?: Record<string, unknown>) => {
    if (complaints.has(message)) return
    complaints.add(message)
    process.stderr.write(`  the service says: ${message} ${reason(properties?.error)}\n`)
  }
  const tocsin = await createTocsin({
    version: '0.0.0',
    db: database.db,
    plugins: builtInPlugins,
    signing: signingKeys,
    gzip: gzipSync,
    transport,
    policy,
    tier: () => 'enterprise',
    log: { debug: silent, info: silent, warn: complain, error: complain },
    resolve: async () => [],
    embedded: !database.shared,
    hints: database.hints,
    ...more,
  })
  let running: Running | undefined

  async function post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const request = new Request(new URL(path, 'http://127.0.0.1:3001'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const response = await tocsin.fetch(request, { address: '127.0.0.1' })
    return { status: response.status, body: await response.json() }
  }

  return {
    fetch: tocsin.fetch,
    async createWebhook(url, settings = {}) {
      const webhook = { name: 'benchmark', url, events: [event.type], ...settings }
      const answer = await post('/api/webhooks', webhook)
      return created.parse(answer.body).id
    },
    async publish(count = 1) {
      const { status, body } = await post(
        '/api/events',
        Array.from({ length: count }, () => event),
      )
      if (status === 429 || status === 503) return []
      return published.parse(body).events.map(({ id }) => id)
    },
    start() {
      running = tocsin.start()
    },
    tick: () => tocsin.tick(),
    async stop(graceMs = 10_000) {
      await running?.stop(graceMs)
      transport.close()
    },
  }
}

/** What the database said, without the statement that it said it about. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return error.cause instanceof Error ? error.cause.message : error.message
}
