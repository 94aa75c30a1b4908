import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** What has arrived at a receiver since it was last told to forget. */
interface Report {
  /** How many requests, repeated ones counted again. */
  readonly count: number
  /** When each event first arrived, by its id, on the clock of `machineMs`. */
  readonly at: ReadonlyMap<string, number>
  /** When each last arrived: at the slowest of several webhooks. */
  readonly last: ReadonlyMap<string, number>
  /** Of the last request. */
  readonly bodyBytes: number
}

/** A receiver in a process of its own, so that it takes no turn of our event loop. */
export interface BenchReceiver {
  /** Each on a port of its own, so a host of its own. */
  readonly urls: readonly string[]
  /** Its process. */
  readonly pid: number
  /** Takes requests and never answers. */
  readonly silentUrl: string
  forget(): Promise<void>
  /** Whether so many requests arrive within `timeoutMs`. */
  arrived(count: number, timeoutMs: number): Promise<boolean>
  report(): Promise<Report>
  close(): void
}

const program = fileURLToPath(new URL('receiver-process.js', import.meta.url))
const started = z.object({ ports: z.array(z.number()), silentPort: z.number() })
const reported = z.object({
  arrivals: z.array(z.tuple([z.string(), z.number()])),
  bodyBytes: z.number(),
})

export async function startReceiver(ports = 1): Promise<BenchReceiver> {
  // A profile is to be of the sender.
  const execArgv = process.execArgv.filter((flag) => !flag.startsWith('--cpu-prof'))
  const child = fork(program, [String(ports)], { execArgv })
  const answer = async (signal?: AbortSignal): Promise<unknown> =>
    (await once(child, 'message', { ...(signal && { signal }) }))[0]
  const ask = (question: object): void => {
    child.send(question)
  }
  const open = started.parse(await answer())

  return {
    pid: child.pid ?? 0,
    urls: open.ports.map((port) => `http://127.0.0.1:${port}/hook`),
    silentUrl: `http://127.0.0.1:${open.silentPort}/hook`,
    async forget() {
      ask({ ask: 'forget' })
      await answer()
    },
    async arrived(count, timeoutMs) {
      const arrival = answer(AbortSignal.timeout(timeoutMs))
      ask({ ask: 'await', count })
      return arrival.then(
        () => true,
        () => false,
      )
    },
    async report() {
      ask({ ask: 'report' })
      const { arrivals, bodyBytes } = reported.parse(await answer())
      const at = new Map<string, number>()
      for (const [id, time] of arrivals) if (!at.has(id)) at.set(id, time)
      return { count: arrivals.length, at, last: new Map(arrivals), bodyBytes }
    },
    close: () => child.kill(),
  }
}
