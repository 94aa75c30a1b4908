import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Log, LogLevel, Miniflare } from 'miniflare'
import { parse } from 'smol-toml'
import { z } from 'zod'

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** What of `wrangler.toml` counts here. Whatever it names otherwise is Cloudflare's alone. */
const wrangler = z.object({
  name: z.string(),
  main: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  triggers: z.object({ crons: z.tuple([z.string()]) }),
  hyperdrive: z.tuple([z.object({ binding: z.string() })]),
  queues: z.object({
    producers: z.array(z.object({ binding: z.string(), queue: z.string() })),
    consumers: z.array(
      z.object({
        queue: z.string(),
        max_batch_size: z.number(),
        max_batch_timeout: z.number(),
        max_retries: z.number(),
      }),
    ),
  }),
  durable_objects: z.object({
    bindings: z.array(z.object({ name: z.string(), class_name: z.string() })),
  }),
  migrations: z.array(z.object({ new_sqlite_classes: z.array(z.string()) })),
  vars: z.record(z.string(), z.string()),
})

/** The Worker on this machine, in the runtime it is deployed to. */
export interface LocalWorker {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** What its cron trigger does. */
  scheduled(at?: Date): Promise<void>
  stop(): Promise<void>
}

export interface LocalWorkerOptions {
  readonly databaseUrl: string
  /** In place of the variables of `wrangler.toml`, and beside them. */
  readonly variables: Readonly<Record<string, string>>
  /** Default 0: a free one. */
  readonly port?: number
}

/** Builds the Worker and starts it as `wrangler.toml` says, on a migrated PostgreSQL. */
export async function startLocalWorker({
  databaseUrl,
  variables,
  port = 0,
}: LocalWorkerOptions): Promise<LocalWorker> {
  await promisify(execFile)(process.execPath, [path('src/cli/bundle-workers.js'), '--stale-only'])
  const settings = wrangler.parse(parse(await readFile(path('wrangler.toml'), 'utf8')))
  const sqlite = new Set(settings.migrations.flatMap((it) => it.new_sqlite_classes))
  const miniflare = new Miniflare({
    name: settings.name,
    host: '127.0.0.1',
    port,
    // It would be fetched from the network.
    cf: false,
    // Its cron trigger does not fire by itself.
    unsafeTriggerHandlers: true,
    log: new Log(LogLevel.ERROR),
    telemetry: { enabled: false },
    handleStructuredLogs: ({ message }: { readonly message: string }) => console.error(message),
    modules: [{ type: 'ESModule', path: path(settings.main) }],
    compatibilityDate: settings.compatibility_date,
    compatibilityFlags: settings.compatibility_flags,
    bindings: { ...settings.vars, ...variables },
    hyperdrives: { [settings.hyperdrive[0].binding]: withPassword(databaseUrl) },
    queueProducers: Object.fromEntries(
      settings.queues.producers.map(({ binding, queue }) => [binding, { queueName: queue }]),
    ),
    queueConsumers: Object.fromEntries(
      settings.queues.consumers.map((consumer) => [
        consumer.queue,
        {
          maxBatchSize: consumer.max_batch_size,
          maxBatchTimeout: consumer.max_batch_timeout,
          maxRetries: consumer.max_retries,
        },
      ]),
    ),
    durableObjects: Object.fromEntries(
      settings.durable_objects.bindings.map(({ name, class_name: className }) => [
        name,
        { className, useSQLite: sqlite.has(className) },
      ]),
    ),
  })
  const { origin } = await miniflare.ready
  return {
    url: origin,
    async scheduled(at = new Date()) {
      const query = new URLSearchParams({
        cron: settings.triggers.crons[0],
        time: String(at.getTime()),
        format: 'json',
      })
      const answer = await fetch(`${origin}/cdn-cgi/handler/scheduled?${query}`)
      const { outcome } = (await answer.json()) as { readonly outcome: string }
      if (outcome !== 'ok') throw new Error(`The cron trigger ended with ${outcome}.`)
    },
    stop: () => miniflare.dispose(),
  }
}

/** The pool asks for one, also where the server does not. */
function withPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.password ||= 'none'
  return url.href
}
