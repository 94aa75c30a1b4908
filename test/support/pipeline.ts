import { inspect } from 'node:util'
import { defineEvent, definePlugin, type Format, type Plugin, type Tier } from 'tocsin/plugin'
import { z } from 'zod'
import { builtInFormats } from '../../src/formats/index.ts'
import { createBatchDrain } from '../../src/pipeline/batches.ts'
import { createConnections } from '../../src/pipeline/connections.ts'
import { createConsents } from '../../src/pipeline/consent.ts'
import { createDrain, type DrainLimits } from '../../src/pipeline/drain.ts'
import { joinDrains } from '../../src/pipeline/drains.ts'
import { createEndpoints } from '../../src/pipeline/endpoints.ts'
import { createMeters } from '../../src/pipeline/meters.ts'
import { configure } from '../../src/pipeline/plugins.ts'
import { createPublisher } from '../../src/pipeline/publish.ts'
import { createStandingCache } from '../../src/pipeline/standing.ts'
import { createSubscriberCache } from '../../src/pipeline/subscribers.ts'
import { createTick } from '../../src/pipeline/tick.ts'
import { noTracer, type Tracer } from '../../src/pipeline/tracer.ts'
import { createCatalog } from '../../src/rules/catalog.ts'
import { createFormats } from '../../src/rules/formats.ts'
import { scrub } from '../../src/rules/scrub.ts'
import type { Sender } from '../../src/rules/sender.ts'
import type { TargetPolicy } from '../../src/rules/target.ts'
import { createVault } from '../../src/rules/vault.ts'
import type { Resolve } from '../../src/runtimes/server/lookup.ts'
import { createTransport } from '../../src/runtimes/server/transport.ts'
import type { Database } from '../../src/store/database.ts'
import { newId } from '../../src/store/ids.ts'
import { insertWebhook } from '../../src/store/webhooks.ts'
import { connect } from '../../src/valkey/connection.ts'
import { noteLog, noteSecrets } from './secret-search.ts'
import { type SomeSettings, webhookSettings } from './webhook-settings.ts'

/** A value with a threshold of 90, and something that just happens. */
export const level = defineEvent({
  type: 'level.high',
  tier: 'community',
  severity: 'critical',
  summary: 'The level is high.',
  data: z.object({ value: z.number() }),
  example: { value: 91, threshold: 90, message: 'Level 91 (threshold 90)' },
  threshold: { key: 'levelPercent', default: 90, min: 1, max: 100, value: (data) => data.value },
  message: ({ value }, threshold) => `Level ${value} (threshold ${threshold})`,
})
export const thing = defineEvent({
  type: 'thing.happened',
  tier: 'pro',
  severity: 'info',
  summary: 'Something happened.',
  data: z.object({ what: z.string() }),
  example: { what: 'this', message: 'It was this' },
  message: ({ what }) => `It was ${what}`,
})
const samplePlugin = definePlugin({ name: 'sample', events: [level, thing] })

export interface PipelineOptions {
  readonly plugins?: readonly Plugin[]
  readonly tier?: Tier
  readonly limits?: Partial<DrainLimits>
  readonly pollIntervalMs?: number
  readonly formats?: readonly Format[]
  readonly tracer?: Tracer
  readonly sender?: Partial<Sender>
  readonly policy?: TargetPolicy
  readonly resolve?: Resolve
}

export type Pipeline = Awaited<ReturnType<typeof createPipeline>>

/** The real pipeline on a database of the test's own; only what it is asked to do, it does. */
export async function createPipeline(db: Database, options: PipelineOptions = {}) {
  const store = { db, vault: await createVault() }
  const plugins = options.plugins ?? [samplePlugin]
  const catalog = createCatalog(plugins)
  const formats = createFormats(builtInFormats, options.formats)
  const subscribers = createSubscriberCache(store, catalog, formats)
  const { policy = { production: false, allow: [] }, resolve } = options
  const transport = createTransport({ policy, ...(resolve && { resolve }) })
  const connections = createConnections((url) => connect({ url, timeoutMs: 500 }), Date.now)
  const errors: unknown[] = []
  const silent = () => {}
  const written: unknown[] = []
  noteLog(`the pipeline, ${newId()}`, () =>
    scrub(inspect(written, { depth: 9, maxArrayLength: null })),
  )
  const note = (message: string, properties?: Record<string, unknown>) =>
    written.push({ message, properties })
  const log = {
    debug: note,
    info: note,
    warn: note,
    error(message: string, properties?: Record<string, unknown>) {
      note(message, properties)
      errors.push(properties)
    },
  }
  const sender = { environment: 'test', ...options.sender }
  const endpoints = createEndpoints({ store, formats, sender, now: Date.now, log })
  const parts = {
    store,
    catalog,
    formats,
    sender,
    endpoints,
    meters: createMeters(),
    tracer: options.tracer ?? noTracer,
    consents: createConsents({ store, endpoints, transport, now: Date.now }),
    subscribers,
    standing: createStandingCache(store),
    transport,
    policy,
    log,
    tier: () => options.tier ?? ('enterprise' as const),
    now: Date.now,
    random: () => 0,
    onOwed: silent,
  }
  const draining = { ...parts, ...(options.limits && { limits: options.limits }) }
  const drain = joinDrains(createDrain(draining), createBatchDrain(draining))
  const tick = createTick({
    ...parts,
    plugins: configure(plugins),
    connections,
    pollIntervalMs: options.pollIntervalMs ?? 100,
    timeoutMs: 500,
  })

  const { publish } = createPublisher(parts)

  return {
    ...parts,
    drain,
    tick,
    errors,
    /** Claims and sends what is due, and waits until all of it is settled. */
    async drainAll() {
      await (await drain.run()).done
    },
    /** Looks at what is due, and waits until all of it is settled. */
    async tickAll() {
      await (await tick.run()).done
    },
    /** Publishes events by type, as `POST /api/events` would. */
    async publish(
      ...events: {
        type: string
        data: Record<string, unknown>
        subject?: string
        host?: string
        trace?: string
      }[]
    ) {
      const answer = await publish(
        events.map(({ type, data, subject = '', host, trace }) => {
          const event = catalog.events.get(type)
          if (event === undefined) throw new Error(`no event type ${type}`)
          return { event, data, subject, trace, ...(host && { instance: { host, port: 6379 } }) }
        }),
      )
      if (!answer.ok) throw new Error(answer.reason)
      return answer.published.events
    },
    webhook(settings: SomeSettings) {
      const whole = webhookSettings(settings)
      const secret = 'your-secret-key'
      noteSecrets({ ...whole, secret })
      return insertWebhook(store, whole, secret)
    },
    close() {
      connections.close()
      transport.close()
    },
  }
}
