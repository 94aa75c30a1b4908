/** What one run of a verb says about the next. */
export interface Step {
  /** Milliseconds until there is something to do; undefined where nothing is known to come. */
  readonly nextInMs: number | undefined
  /** The least pause before the next run, whoever wants it sooner. Default none. */
  readonly restMs?: number
}

/** What one run began. */
export interface Run extends Step {
  /** How much it claimed. */
  readonly claimed: number
  /** Resolves when all of that is settled. */
  readonly done: Promise<void>
}

/** A verb that runs over and over until it is stopped. */
export interface Loop {
  /**
   * Runs the verb in at most `inMs` (default: at once, or right after the run under way), since
   * there will be work. Harmless when wrong.
   */
  wake(inMs?: number): void
  /** No further run; resolves when the one under way has ended. */
  stop(): Promise<void>
}

/**
 * Runs `step` again when it says, when woken, and at least every `idleMs`: another replica may have
 * made work without a word. A failed run is reported, and tried again after a growing pause.
 */
export function startLoop(
  step: () => Promise<Step>,
  { idleMs, onError }: { idleMs: number; onError: (error: unknown) => void },
): Loop {
  let stopped = false
  /** When the next run is wanted, by those who woke the loop; Infinity where nobody has. */
  let wanted = Number.POSITIVE_INFINITY
  let rouse = () => {}
  let failures = 0

  /** Until `ms` from now, or until somebody wants it sooner, but for `least` in any case. */
  function rest(ms: number, least: number): Promise<void> {
    const now = performance.now()
    const earliest = now + least
    const until = Math.max(earliest, Math.min(now + ms, wanted))
    return new Promise((resolve) => {
      const timerUntil = (time: number) =>
        setTimeout(end, Math.max(0, Math.ceil(time - performance.now())))
      const end = () => {
        rouse = () => {}
        resolve()
      }
      let timer = timerUntil(until)
      rouse = () => {
        clearTimeout(timer)
        timer = timerUntil(stopped ? 0 : Math.max(earliest, Math.min(until, wanted)))
      }
    })
  }

  async function run(): Promise<void> {
    while (!stopped) {
      wanted = Number.POSITIVE_INFINITY
      let pause: number
      let least = 0
      try {
        const { nextInMs, restMs = 0 } = await step()
        least = restMs
        failures = 0
        pause = Math.min(nextInMs ?? idleMs, idleMs)
      } catch (error) {
        failures += 1
        onError(error)
        pause = Math.min(100 * 2 ** failures, 5000)
      }
      // Even with no pause the rest of the process gets its turn: a database within it takes none.
      if (!stopped) await rest(pause, least)
    }
  }

  const running = run()
  return {
    wake(inMs = 0) {
      wanted = Math.min(wanted, performance.now() + inMs)
      rouse()
    },
    async stop() {
      stopped = true
      wanted = 0
      rouse()
      await running
    },
  }
}
