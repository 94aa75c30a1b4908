/**
 * `tocsin`: the service, without a runtime. Three verbs: `fetch` is the API and the pages, `tick` looks at
 * instances and enqueues, `drain` sends what is due. A runtime hands in a database, a transport and
 * a way to connect, and calls them.
 *
 * @module
 */

import { createApi, type Fetching } from './api/app.ts'
import { createAuthorize } from './api/authorize.ts'
import type { Service } from './api/service.ts'
import { builtInFormats } from './formats/index.ts'
import { createBatchDrain } from './pipeline/batches.ts'
import { createConnections } from './pipeline/connections.ts'
import { createConsents } from './pipeline/consent.ts'
import { createDrain } from './pipeline/drain.ts'
import { joinDrains } from './pipeline/drains.ts'
import { createEndpoints } from './pipeline/endpoints.ts'
import { createHinter } from './pipeline/hints.ts'
import { housekeep } from './pipeline/housekeeping.ts'
import { createMeters } from './pipeline/meters.ts'
import type { TocsinOptions } from './pipeline/options.ts'
import { type ConfiguredPlugin, configure } from './pipeline/plugins.ts'
import { probe } from './pipeline/probe.ts'
import { createPublisher } from './pipeline/publish.ts'
import { readiness } from './pipeline/readiness.ts'
import { remind } from './pipeline/remind.ts'
import { replay } from './pipeline/replay.ts'
import { type Running, run } from './pipeline/run.ts'
import { createStandingCache } from './pipeline/standing.ts'
import { createSubscriberCache } from './pipeline/subscribers.ts'
import { testSend } from './pipeline/test-send.ts'
import { createTick } from './pipeline/tick.ts'
import { noTracer } from './pipeline/tracer.ts'
import { createTurns, type Turns } from './pipeline/turns.ts'
import { createCatalog } from './rules/catalog.ts'
import { createFormats } from './rules/formats.ts'
import { createVault } from './rules/vault.ts'
import { syncInstances } from './store/listed-instances.ts'
import type { LastingSite } from './ui/lasting-site.ts'
import { createSite, type Site } from './ui/site.ts'
import { connect as connectValkey } from './valkey/connection.ts'

export { manageSecrets } from './api/secrets.ts'
export { manageTokens } from './api/tokens.ts'
export { type Examination, examineServer } from './pipeline/examine.ts'
export type * from './pipeline/options.ts'
export { createTracer } from './pipeline/tracer.ts'
export { createLastingSite, type LastingSite } from './ui/lasting-site.ts'

/** The service. */
export interface Tocsin {
  fetch(request: Request, client?: { readonly address?: string }): Promise<Response>
  /** Looks at every instance that is due, and reminds who forgets; resolves when all looks are settled. */
  tick(): Promise<void>
  /** Sends every delivery that is due; resolves when all are settled. */
  drain(): Promise<void>
  /** Keeps ticking and draining until stopped. */
  start(): Running
  /** Instead of `start`, where nothing can be kept running. */
  readonly turns: Turns
  /** Tells receivers that forget again of alerts that stand; what follows says when to ask again. */
  remind(): Promise<{ readonly nextInMs: number | undefined }>
  /** Removes some of what is older than it need be kept; what follows says when to go on. */
  tidy(): Promise<{ readonly nextInMs: number | undefined }>
}

/**
 * Puts the service together on a migrated database. Where it lives for one call only, `lasting` has the
 * pages and the API of those before. Rejects where two plugins claim the same name.
 */
export async function createTocsin(options: TocsinOptions, lasting?: LastingSite): Promise<Tocsin> {
  const { transport, policy, tier, log, signing, now = Date.now, timeoutMs = 3000 } = options
  const connect = options.connect ?? ((url: string) => connectValkey({ url, timeoutMs }))
  const plugins: readonly ConfiguredPlugin[] = configure(options.plugins)
  const formats = createFormats(builtInFormats, options.formats)
  const sender = options.sender ?? { environment: 'development' }
  const catalog = createCatalog(plugins.map(({ plugin }) => plugin))
  const vault = await createVault(options.encryptionKey, options.readSecret, options.previousKeys)
  const store = { db: options.db, vault }
  const { invoked } = options
  if (options.instances !== undefined)
    await syncInstances(store, options.instances, { leaveKnown: invoked !== undefined })
  const subscribers = createSubscriberCache(store, catalog, formats)
  const connections = createConnections(connect, now)
  let running: Running | undefined
  const wakeDrain = (inMs?: number) => {
    running?.wakeDrain(inMs)
    if (!inMs) invoked?.onWork('send')
  }
  const wakeTick = (inMs?: number) => {
    running?.wakeTick(inMs)
    if (!inMs) invoked?.onWork('look')
  }
  const endpoints = createEndpoints({ store, formats, sender, signing, now, log })
  const consents = createConsents({ store, endpoints, transport, now })
  const sending = {
    meters: createMeters(),
    tracer: options.tracer ?? noTracer,
    store,
    catalog,
    formats,
    sender,
    signing,
    endpoints,
    consents,
    subscribers,
    standing: createStandingCache(store),
    transport,
    policy,
    tier,
    now,
    log,
  }
  const hinter = createHinter(options.hints, log)
  const onOwed = () => {
    wakeDrain()
    hinter.soon()
  }

  const draining = { ...sending, random: options.random ?? Math.random, onDue: wakeDrain, onOwed }
  const places = invoked?.atOnce
  const limits = places && { inFlight: Math.ceil(places / 2), perWebhook: places >> 1 }
  const drain = joinDrains(
    createDrain({ ...draining, ...(limits && { limits }) }),
    createBatchDrain({ ...draining, ...(places && { limits: { inFlight: places >> 1 } }) }),
  )
  const reminding = () => remind({ ...sending, onOwed })
  const tick = createTick({
    ...sending,
    plugins,
    connections,
    pollIntervalMs: options.pollIntervalMs ?? 5000,
    timeoutMs,
    onOwed,
    onDue: wakeTick,
    ...(invoked && { inFlight: invoked.atOnce, wokenEveryMs: invoked.wokenEveryMs }),
  })
  const makeService = async (): Promise<Service> => ({
    ...sending,
    version: options.version,
    resolve: options.resolve,
    rateLimits: options.rateLimits,
    authorize: await createAuthorize(options.db, options.token, now),
    ...createPublisher({ ...sending, onOwed }),
    replay: (webhook, which) => replay(webhook, which, { ...sending, onOwed }),
    test: (target, event) => testSend(target, event, sending),
    probe: (url) => probe(url, connect, now),
    ready: () => readiness(store),
    measured: invoked ? () => [] : sending.meters.families,
    wakeDrain,
    wakeTick,
  })
  const site: Fetching & Partial<Site> = lasting
    ? { fetch: async (request, client) => lasting.fetch(request, client, await makeService()) }
    : await makeService().then((service) => createSite(service, createApi(service), options.gzip))
  const tidy = () => housekeep({ retentionDays: 30, embedded: false, ...options, store, now })

  const turns = createTurns({ store, tick, drain, connections, log })

  return {
    fetch: async (request, client) => site.fetch(request, client),
    async tick() {
      await (await tick.run()).done
      await reminding()
    },
    async drain() {
      await (await drain.run()).done
    },
    start() {
      const heard = options.hints?.receive(() => wakeDrain())
      heard?.catch((error) =>
        log.warn('hints from other processes are not heard: {error}', { error }),
      )
      running = run({
        tick,
        drain,
        connections,
        log,
        housekeep: tidy,
        remind: reminding,
        hinter,
        // A database of our own holds only work we know of; others' work is announced, mostly.
        idleMs: options.embedded ? 30_000 : 5000,
      })
      const { stop } = running
      return {
        ...running,
        stop(graceMs) {
          site.close?.()
          return stop(graceMs)
        },
      }
    },
    turns,
    remind: reminding,
    tidy,
  }
}
