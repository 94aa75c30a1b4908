import type { Store } from '../store/database.ts'
import { type Due, findDue } from '../store/due.ts'
import { nextLookInMs } from '../store/looks.ts'
import type { Connections } from './connections.ts'
import type { Drain } from './drain.ts'
import type { Log } from './log.ts'
import type { Tick } from './tick.ts'
import { type Turn, type TurnLimits, takeTurn, type Verb } from './turn.ts'

/** The service where nothing can be kept running. */
export interface Turns {
  /** Whether it is worth taking any. */
  due(): Promise<Due>
  /** Does one verb for a while. */
  take(verb: 'look' | 'send', limits: TurnLimits): Promise<Turn>
}

/** The verbs as turns; no connection to a server outlives one. */
export function createTurns({
  store,
  tick,
  drain,
  connections,
  log,
}: {
  readonly store: Store
  readonly tick: Tick
  readonly drain: Drain
  readonly connections: Connections
  readonly log: Log
}): Turns {
  const complain = (error: unknown) => log.error('renewing leases failed: {error}', { error })
  const verbs: Readonly<Record<'look' | 'send', Verb>> = {
    look: { run: tick.run, next: () => nextLookInMs(store) },
    send: { run: drain.run, next: drain.next, renew: () => drain.renew().catch(complain) },
  }
  return {
    due: () => findDue(store),
    take: (verb, limits) => takeTurn(verbs[verb], limits).finally(() => connections.close()),
  }
}
