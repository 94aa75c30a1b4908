import type { Log } from './log.ts'

/**
 * Word between processes on one database that there is something to send. Only a hint: the table is
 * the truth, so one that is lost, doubled or wrong does no harm.
 */
export interface Hints {
  send(): Promise<void>
  receive(heard: () => void): Promise<void>
}

/** At most one hint in so many milliseconds: who heard one looks for everything. */
const pauseMs = 50

/** Sends hints and never fails: who does not hear looks by himself soon. */
export interface Hinter {
  /** Many calls make one hint. */
  soon(): void
  /** Resolves when it is sent, or could not be. */
  now(): Promise<void>
}

export function createHinter(hints: Hints | undefined, log: Log): Hinter {
  let waiting = false

  async function now(): Promise<void> {
    try {
      await hints?.send()
    } catch (error) {
      log.debug('a hint was not sent: {error}', { error })
    }
  }

  return {
    now,
    soon() {
      if (hints === undefined || waiting) return
      waiting = true
      setTimeout(() => {
        waiting = false
        void now()
      }, pauseMs)
    },
  }
}
