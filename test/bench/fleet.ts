import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** Servers to watch, in a process of their own. */
export interface Fleet {
  readonly live: readonly number[]
  readonly dead: readonly number[]
  /** When each live one was asked since {@link Fleet.forget}, on the clock of `machineMs`. */
  asked(): Promise<readonly (readonly number[])[]>
  forget(): Promise<void>
  close(): void
}

const program = fileURLToPath(new URL('fleet-process.js', import.meta.url))
const ports = z.object({ live: z.array(z.number()), dead: z.array(z.number()) })
const told = z.object({ times: z.array(z.array(z.number())) })

/** Addresses on 127.0.0.1: `live` ones, all of the server at `target`, and `dead` ones. */
export async function startFleet(target: number, live: number, dead: number): Promise<Fleet> {
  const execArgv = process.execArgv.filter((flag) => !flag.startsWith('--cpu-prof'))
  const child = fork(program, [target, live, dead].map(String), { execArgv })
  async function answer(question?: string): Promise<unknown> {
    const answered = once(child, 'message')
    if (question !== undefined) child.send(question)
    return (await answered)[0]
  }
  const open = ports.parse(await answer())
  return {
    ...open,
    asked: async () => told.parse(await answer('report')).times,
    async forget() {
      await answer('forget')
    },
    close: () => child.kill(),
  }
}
