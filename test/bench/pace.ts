import { setTimeout as sleep } from 'node:timers/promises'
import { machineMs } from './clock.ts'

/** How long those that are late are waited for; one that never comes counts as that late. */
export const patienceMs = 10_000

/**
 * An open loop: calls `send` at a fixed rate whether or not earlier calls have come back, handing in
 * when it was meant to be called. A late call counts from then: a stall of ours is not left out.
 * Calls that have not come back {@link patienceMs} after the last are waited for no longer.
 */
export async function paced(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  send: (meantAt: number) => Promise<unknown>,
): Promise<void> {
  const startedAt = machineMs()
  const count = perSecond * seconds
  const sent: Promise<unknown>[] = []
  while (sent.length < count) {
    const meantAt = startedAt + (sent.length * 1000) / perSecond
    const early = meantAt - machineMs()
    if (early > 0) await sleep(early)
    else sent.push(send(meantAt))
    // A burst to catch up must not keep the answers from being read.
    if (sent.length % 10 === 0) await new Promise(setImmediate)
  }
  const all = Promise.all(sent)
  const isDone = await Promise.race([
    all.then(() => true),
    sleep(patienceMs, false, { ref: false }),
  ])
  // They go on, and fail when the database is closed under them: nobody is to hear of that.
  if (!isDone) all.catch(() => {})
}
