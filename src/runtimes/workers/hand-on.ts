import type { Turn } from '../../index.ts'
import type { Bindings, WorkMessage } from './bindings.ts'
import { wakePoller } from './poller.ts'
import { minuteMs } from './settings.ts'
import type { Taken } from './take.ts'

/**
 * What is to be said over the queue after a turn: in how many seconds somebody should take the next;
 * undefined where the cron trigger is soon enough. Only turns that found something say when there is
 * more, and the cron trigger's own: else every message would bring forth another.
 */
export function delayAfter(
  { verb, worked, left, nextInMs }: Turn & WorkMessage,
  onTime: boolean,
): number | undefined {
  if (left) return 0
  if (verb === 'look' || !(worked || onTime)) return undefined
  if (nextInMs === undefined || nextInMs > minuteMs) return undefined
  return Math.max(1, Math.ceil(nextInMs / 1000))
}

/** Hands on what turns have left and what is due before the next cron trigger, whose own `onTime` are. */
export async function handOn(
  bindings: Bindings,
  { turns, often }: Taken,
  onTime: boolean,
): Promise<void> {
  for (const turn of turns) {
    const { verb, nextInMs } = turn
    const delaySeconds = delayAfter(turn, onTime)
    if (delaySeconds !== undefined) await bindings.WORK?.send({ verb }, { delaySeconds })
    if (verb === 'look' && often) await wakePoller(bindings, nextInMs)
  }
}
