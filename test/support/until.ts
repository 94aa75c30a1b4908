import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for what is to come, within a bound; for what no event announces. */
export async function until<Value>(
  probe: () => Promise<Value | undefined | false>,
  withinMs = 2000,
): Promise<Value> {
  for (let waited = 0; waited < withinMs; waited += 10) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    await sleep(10)
  }
  throw new Error(`it did not come to pass within ${withinMs / 1000} s`)
}
