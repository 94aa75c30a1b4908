import type { Tier } from '../plugin/event.ts'
import type { Catalog } from '../rules/catalog.ts'
import { describeError } from '../rules/describe-error.ts'
import { commandsOf } from '../rules/lacks.ts'
import type { Store } from '../store/database.ts'
import { type ClaimedInstance, claimLooks, nextLookInMs, returnLooks } from '../store/looks.ts'
import { lookAt } from '../valkey/look.ts'
import { sparing } from '../valkey/sparing.ts'
import type { Connections } from './connections.ts'
import { createDiscover } from './discover.ts'
import { changedLacks } from './lacks.ts'
import type { Log } from './log.ts'
import { type ConfiguredPlugin, facts, lookWith } from './look.ts'
import type { Run } from './loop.ts'
import { createMemory, type Recollection, recollect } from './memory.ts'
import type { Meters } from './meters.ts'
import { turnOf } from './phase.ts'
import { isEmpty, plan } from './plan.ts'
import { endPoll, pollSpan } from './poll-span.ts'
import { type Situation, sourceOf } from './reading.ts'
import { createSampler } from './sample.ts'
import { createSettle } from './settle.ts'
import type { StandingCache } from './standing.ts'
import type { SubscriberCache } from './subscribers.ts'
import type { OpenSpan, Tracer } from './tracer.ts'

export interface TickOptions {
  readonly store: Store
  readonly catalog: Catalog
  readonly plugins: readonly ConfiguredPlugin[]
  readonly connections: Connections
  readonly subscribers: SubscriberCache
  readonly standing: StandingCache
  readonly meters: Meters
  readonly tracer: Tracer
  readonly tier: () => Tier
  readonly now: () => number
  readonly log: Log
  /** Between looks, for instances that say nothing else, in milliseconds. */
  readonly pollIntervalMs: number
  /** Deadline for connecting and for each command, in milliseconds. */
  readonly timeoutMs: number
  /** Called after a commit that has made deliveries due. */
  readonly onOwed: () => void
  /** Called when there will be an instance to look at in so many milliseconds. */
  readonly onDue?: (inMs: number) => void
  /** Most looks under way in this process. Default 4096: each dead address takes one for long. */
  readonly inFlight?: number
  /** Looks happen only at whole multiples of this, counted from the epoch. Default: at any time. */
  readonly wokenEveryMs?: number | undefined
}

/** Looks at what is due. */
export interface Tick {
  /** Claims instances that are due and begins to look. `done` resolves when all are settled. */
  run(): Promise<Run>
  /** Resolves when no look is under way. */
  idle(): Promise<void>
  /** Gives looks still under way back, for another replica to take at once. */
  release(): Promise<void>
}

export function createTick(options: TickOptions): Tick {
  const { store, catalog, connections, meters, tracer, now, log } = options
  const deadlineMs = options.timeoutMs * 4
  const leaseMs = deadlineMs + 10_000
  const commands = new Set(commandsOf(catalog.plugins))
  const memory = createMemory(store, now)
  const settle = createSettle(store)
  const discover = createDiscover({ store, log, onJoined: () => options.onDue?.(0) })
  const sampler = createSampler()
  const underWay = new Map<Promise<void>, string>()

  async function look(
    claimed: ClaimedInstance,
    before: Recollection,
    situation: Situation,
    span: OpenSpan,
  ): Promise<void> {
    const { id, name, host, port, labels } = claimed
    const startedAt = now()
    const url = await store.vault.open(claimed.url)
    const spared = sparing(connections.to(id, url), {
      before: claimed.lacks,
      commands,
      now: startedAt,
    })
    const valkey = lookAt(spared.connection)
    const context = {
      valkey,
      catalog,
      deadlineMs,
      now: startedAt,
      instance: { id, name, host, port, labels },
    }
    const discovering = discover(claimed, url, valkey, startedAt)
    const [found, ...looks] = await Promise.all([
      facts(valkey),
      ...options.plugins.map((configured) =>
        lookWith(configured, before.states.get(configured.plugin.name)?.state, context),
      ),
    ])
    await discovering
    const failed = looks.filter(({ faulty }) => faulty)
    for (const { plugin, error } of failed) {
      meters.pluginFailed(plugin)
      log.error('plugin {plugin} failed on {instance}: {error}', { plugin, instance: name, error })
    }
    meters.looked(claimed, now() - startedAt)

    const source = sourceOf(claimed, startedAt)
    const readings = looks.flatMap(({ readings }) =>
      readings.map((reading) => ({ ...reading, trace: span.trace })),
    )
    const planned = plan(source, readings, situation)
    const { after, write } = recollect(id, before, looks, {
      now: startedAt,
      mustWrite: !isEmpty(planned),
    })
    const rechecks = looks.flatMap(({ recheckMs }) => recheckMs ?? [])
    const everyMs = claimed.pollIntervalMs ?? options.pollIntervalMs
    const committed = await settle({
      plan: planned,
      states: write,
      sample: await sampler.take(id, valkey, looks, startedAt),
      look: {
        id,
        lookId: claimed.lookId,
        ...found,
        lacks: changedLacks(claimed.lacks, spared.lacks(), looks, startedAt),
        seen: found.lastError === null,
        everyMs,
        turnMs: turnOf(id, everyMs, options.wokenEveryMs),
        recheckMs: rechecks.length === 0 ? null : Math.min(...rechecks),
        stateVersion: after.version,
      },
    })
    endPoll(span, readings.length, failed, found)
    if (committed === undefined) {
      memory.forget(id)
      log.warn('a look at {instance} took too long and was taken over', { instance: name })
      return
    }
    memory.keep(id, after)
    options.onDue?.(committed.nextInMs)
    if ([...committed.owed.values()].some((count) => count > 0)) options.onOwed()
  }

  async function begin(claimed: readonly ClaimedInstance[]): Promise<Promise<void>[]> {
    const ids = claimed.map(({ id }) => id)
    const [recollections, standing, subscribers] = await Promise.all([
      memory.of(claimed),
      options.standing.of(ids),
      options.subscribers.current(),
    ])
    return claimed.flatMap((instance) => {
      const before = recollections.get(instance.id)
      if (before === undefined) return []
      const span = pollSpan(tracer, instance)
      const situation = { subscribers, standing, tier: options.tier() }
      const looking = look(instance, before, situation, span)
        .catch((error) => {
          span.end({}, describeError(error))
          // Nothing has happened: the lease runs out and the next look sees the same again.
          memory.forget(instance.id)
          log.error('look at {instance} failed: {error}', { instance: instance.name, error })
        })
        .finally(() => {
          underWay.delete(looking)
        })
      underWay.set(looking, instance.lookId)
      return [looking]
    })
  }

  return {
    async run() {
      connections.sweep(now() - 600_000)
      memory.sweep(now() - 3_600_000)
      sampler.sweep(now() - 3_600_000)
      const room = (options.inFlight ?? 4096) - underWay.size
      if (room <= 0) return { claimed: 0, nextInMs: undefined, done: Promise.resolve() }
      const claimed = await claimLooks(store, { limit: room, leaseMs })
      if (claimed.length === 0)
        return { claimed: 0, nextInMs: await nextLookInMs(store), done: Promise.resolve() }
      const looks = await begin(claimed)
      return {
        claimed: claimed.length,
        nextInMs: claimed.length === room ? 0 : await nextLookInMs(store),
        done: Promise.all(looks).then(() => undefined),
      }
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay.keys())
    },
    async release() {
      await returnLooks(store, [...new Set(underWay.values())])
    },
  }
}
