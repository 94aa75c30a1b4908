import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import type { Database } from '../../src/index.ts'
import { resultRows } from '../../src/store/rows.ts'

/** Linux counts in hundredths of a second, whatever its kernel is built with (proc(5)). */
const tickMicroseconds = 10_000

/** Processor time so far, in microseconds, of all who take part; NaN where the system does not tell. */
export interface Cpu {
  readonly sender: number
  readonly receiver: number
  readonly database: number
}

/** That of this process, of a receiver, and of a PostgreSQL on this machine where there is one. */
export async function cpuNow(receiver: number, postgres: Database | undefined): Promise<Cpu> {
  const { user, system } = process.cpuUsage()
  const database = postgres === undefined ? 0 : await cpuOfPostgres(postgres)
  return { sender: user + system, receiver: cpuOf(receiver), database }
}

/** For people: what each took between two moments, for each of `count`. */
export function cpuBetween(from: Cpu, to: Cpu, count: number): string {
  const each = (part: keyof Cpu) => `${part} ${Math.round((to[part] - from[part]) / count)}`
  return [each('sender'), each('receiver'), each('database')].join(', ')
}

function cpuOf(pid: number): number {
  const [, , , , , , , , , , , user, system] = statOf(pid)
  return (Number(user) + Number(system)) * tickMicroseconds
}

/** Its backends, and whatever else it runs. */
async function cpuOfPostgres(db: Database): Promise<number> {
  const [row] = resultRows<{ pid: number }>(await db.execute(sql`select pg_backend_pid() as pid`))
  const [, server] = statOf(row?.pid ?? 0)
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const own = pids.map(Number).filter((pid) => statOf(pid)[1] === server)
  return own.reduce((sum, pid) => sum + cpuOf(pid), 0)
}

/** What follows the name in its line of state: the third field of proc(5) comes first here. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
