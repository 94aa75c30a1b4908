import {
  lasting,
  launch,
  startTocsin,
  type TestEnvironment,
  type TocsinProcess,
} from '../support/tocsin-process.ts'

/** The processes of one scenario: whatever becomes of it, none outlives it. */
export interface Crew {
  /** Starts one and waits until it is ready. */
  start(environment: TestEnvironment): Promise<TocsinProcess>
  /** Starts one and kills it so many milliseconds later, ready or not. */
  startAndKill(environment: TestEnvironment, afterMs: number): Promise<void>
  /** Kills all that still run. */
  end(): Promise<void>
}

const settings = { RATE_LIMITS: 'off', LOG_LEVEL: 'error' }

export function createCrew(): Crew {
  const endings: (() => Promise<unknown>)[] = []
  return {
    async start(environment) {
      const tocsin = await startTocsin({ ...settings, ...environment }, lasting)
      endings.push(() => tocsin.kill())
      return tocsin
    },
    async startAndKill(environment, afterMs) {
      const { child, exited } = launch(
        ['start'],
        { PORT: '0', ...settings, ...environment },
        lasting,
      )
      const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
      endings.push(() => {
        child.kill('SIGKILL')
        return exited
      })
      await exited
      clearTimeout(timer)
    },
    async end() {
      await Promise.all(endings.map((end) => end()))
    },
  }
}
