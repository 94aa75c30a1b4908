import type { Connections } from './connections.ts'
import type { Drain } from './drain.ts'
import type { Hinter } from './hints.ts'
import type { Log } from './log.ts'
import { type Step, startLoop } from './loop.ts'
import type { Tick } from './tick.ts'

export interface RunOptions {
  readonly tick: Tick
  readonly drain: Drain
  readonly connections: Connections
  readonly log: Log
  readonly housekeep: () => Promise<Step>
  readonly remind: () => Promise<Step>
  readonly hinter: Hinter
  /** The longest pause between two looks at the tables: others may have put work there. */
  readonly idleMs: number
}

/** The service at work. */
export interface Running {
  wakeTick(inMs?: number): void
  wakeDrain(inMs?: number): void
  /**
   * Claims nothing more, gives back what it has not begun, waits up to `graceMs` for what is under
   * way, and leaves the rest to its lease. Nothing is lost by not waiting.
   */
  stop(graceMs: number): Promise<void>
}

/** Leases are renewed about three times before they run out. */
const renewEveryMs = 6500

/** Keeps both verbs going. */
export function run({
  tick,
  drain,
  connections,
  log,
  housekeep,
  remind,
  hinter,
  idleMs,
}: RunOptions): Running {
  const complain = (what: string) => (error: unknown) =>
    log.error(`${what} failed, and will be tried again: {error}`, { error })
  const ticking = startLoop(() => tick.run(), { idleMs, onError: complain('looking') })
  const draining = startLoop(() => drain.run(), { idleMs, onError: complain('sending') })
  const renewing = startLoop(
    async () => {
      await drain.renew()
      return { nextInMs: renewEveryMs }
    },
    { idleMs: renewEveryMs, onError: complain('renewing leases') },
  )
  const reminding = startLoop(remind, { idleMs: 60_000, onError: complain('reminding') })
  let settledIn = false
  const tidying = startLoop(
    async () => {
      if (settledIn) return housekeep()
      // A start has better things to do.
      settledIn = true
      return { nextInMs: 60_000 }
    },
    { idleMs: 3_600_000, onError: complain('housekeeping') },
  )

  return {
    wakeTick: (inMs) => ticking.wake(inMs),
    wakeDrain: (inMs) => draining.wake(inMs),
    async stop(graceMs) {
      await Promise.all([ticking.stop(), draining.stop(), tidying.stop(), reminding.stop()])
      // What waits is for the others now.
      await drain.release().catch(complain('giving back what was claimed'))
      await hinter.now()
      const quiet = await soon(Promise.all([tick.idle(), drain.idle()]), graceMs)
      // So are the retries of what has just been settled.
      await hinter.now()
      if (!quiet) {
        log.warn('stopping with work under way: it is left to its lease')
        await tick.release()
      }
      await renewing.stop()
      connections.close()
    },
  }
}

/** Whether `work` ends within `ms`. */
async function soon(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
