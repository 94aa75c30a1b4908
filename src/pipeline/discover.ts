import { type Valkey, ValkeyError } from '../plugin/valkey.ts'
import { type Discovery, parseAddress } from '../rules/address.ts'
import { clusterMembers, type Members, memberUrl, sentinelMembers } from '../rules/members.ts'
import type { Store } from '../store/database.ts'
import { syncDiscovered } from '../store/discovered.ts'
import type { Instance } from '../store/instances.ts'
import type { Log } from './log.ts'

/** How often an instance is asked whom it knows. */
const everyMs = 15_000
/** How often is told why it would not say. */
const complainEveryMs = 3_600_000

export interface DiscoverOptions {
  readonly store: Store
  readonly log: Log
  /** Called when there are instances to look at. */
  readonly onJoined: () => void
}

/**
 * Finds the instances that belong together with one whose URL asks for it. Part of the look at that
 * one, which is one replica's at a time. Never rejects: the look goes on without it.
 */
export function createDiscover({ store, log, onJoined }: DiscoverOptions) {
  return async (seed: Instance, url: string, valkey: Valkey, now: number): Promise<void> => {
    const address = parseAddress(url)
    if (address.discover === undefined || isSamePeriod(seed.lastLookAt, now, everyMs)) return
    try {
      const { addresses, complete } = await ask(valkey, address.discover, address.host)
      const members = addresses.map(({ host, port }) => {
        const at = memberUrl(url, { host, port })
        return { ...parseAddress(at), url: at, name: `${seed.name} ${new URL(at).host}` }
      })
      const others = members.filter((it) => it.host !== seed.host || it.port !== seed.port)
      const group = address.discover.by === 'cluster' ? seed.name : address.discover.primary
      const labels = { [address.discover.by]: group, ...seed.labels }
      const { joined, left } = await syncDiscovered(store, seed, others, { labels, complete })
      for (const instance of joined) log.info('{instance} has joined, and is watched', { instance })
      for (const instance of left) log.info('{instance} has left, and is not watched', { instance })
      if (joined.length > 0) onJoined()
    } catch (error) {
      // Silence is what the look itself is about.
      if (error instanceof ValkeyError && error.unanswered) return
      if (isSamePeriod(seed.lastLookAt, now, complainEveryMs)) return
      log.warn('{instance} does not tell who belongs to it: {error}', {
        instance: seed.name,
        error: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

async function ask(valkey: Valkey, discover: Discovery, host: string): Promise<Members> {
  if (discover.by === 'cluster')
    return clusterMembers(await valkey.call('CLUSTER', 'NODES'), { host })
  const { primary } = discover
  const [master, replicas] = await Promise.all([
    valkey.call('SENTINEL', 'MASTER', primary),
    valkey.call('SENTINEL', 'SLAVES', primary),
  ])
  return sentinelMembers(master, replicas)
}

/** Whether the last look was in the same period as this: then it need not be asked again. */
function isSamePeriod(last: Date | null, now: number, periodMs: number): boolean {
  return last !== null && Math.floor(last.getTime() / periodMs) === Math.floor(now / periodMs)
}
