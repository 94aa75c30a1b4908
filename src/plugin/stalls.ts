import { permitted, type Reply, type Valkey } from './valkey.ts'

/** By what stood still, as the latency monitor calls it: when last, in seconds of the server's clock. */
export type Stalls = Readonly<Record<string, number>>

/** When each kind of stall last happened, of LATENCY LATEST: name, second, milliseconds, most ever. */
export function newestStalls(reply: Reply | undefined): Stalls {
  const rows = Array.isArray(reply) ? reply.filter(Array.isArray) : []
  return Object.fromEntries(rows.map(([event, second]) => [String(event), Number(second)]))
}

/** The longest stall since the look before; undefined at the first, and where there was none. */
export async function worstStall(
  valkey: Valkey,
  before: Stalls | undefined,
  after: Stalls,
): Promise<{ event: string; ms: number } | undefined> {
  if (before === undefined) return undefined
  const news = Object.keys(after).filter((event) => after[event] !== before[event])
  const stalls = await Promise.all(
    news.map(async (event) => {
      const history = await permitted(valkey.call('LATENCY', 'HISTORY', event))
      const samples = Array.isArray(history) ? history.filter(Array.isArray) : []
      const since = samples.filter(([second]) => Number(second) > (before[event] ?? 0))
      return { event, ms: Math.max(0, ...since.map(([, ms]) => Number(ms))) }
    }),
  )
  return stalls.sort((a, b) => b.ms - a.ms)[0]
}
