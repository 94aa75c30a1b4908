import type { Bindings, DurableObjectState } from './bindings.ts'
import type { Extensions } from './service.ts'
import { minuteMs } from './settings.ts'
import { take } from './take.ts'

/** Asks the poller to look in so many milliseconds, where that is before the next cron trigger. */
export async function wakePoller({ POLLER }: Bindings, inMs: number | undefined): Promise<void> {
  if (POLLER === undefined || inMs === undefined || inMs > minuteMs) return
  const poller = POLLER.get(POLLER.idFromName('poller'))
  const body = JSON.stringify({ inMs })
  await poller.fetch(new Request('https://poller/', { method: 'POST', body }))
}

/**
 * The Durable Object that looks more often than a cron trigger can: its alarm takes a turn and sets
 * the next alarm. Lost or doubled it does no harm; the cron trigger sets it again.
 */
export function createPoller(extensions: Extensions) {
  return class Poller {
    readonly state: DurableObjectState
    readonly env: Bindings

    constructor(state: DurableObjectState, env: Bindings) {
      this.state = state
      this.env = env
    }

    async fetch(request: Request): Promise<Response> {
      const { inMs } = (await request.json()) as { readonly inMs: number }
      await this.wake(inMs)
      return new Response()
    }

    async alarm(): Promise<void> {
      const { turns, often } = await take(this.env, extensions, ['look'], { stay: true })
      const [{ nextInMs } = { nextInMs: undefined }] = turns
      if (often && nextInMs !== undefined && nextInMs <= minuteMs) await this.wake(nextInMs)
    }

    async wake(inMs: number): Promise<void> {
      const at = Date.now() + inMs
      const set = await this.state.storage.getAlarm()
      if (set === null || set > at) await this.state.storage.setAlarm(at)
    }
  }
}
