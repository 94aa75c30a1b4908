import type { Formats } from '../rules/formats.ts'
import type { Store } from '../store/database.ts'
import { enqueueReminders, type ReminderRule } from '../store/reminders.ts'
import type { Step } from './loop.ts'
import type { SubscriberCache } from './subscribers.ts'

export interface RemindOptions {
  readonly store: Store
  readonly formats: Formats
  readonly subscribers: SubscriberCache
  /** Called after a commit that has made deliveries due. */
  readonly onOwed: () => void
}

/** How often it is looked whether somebody is to be reminded: well within what formats ask for. */
const everyMs = 30_000
/** The most of one statement. */
const most = 500

/** Tells receivers that forget again of alerts that stand. */
export async function remind({
  store,
  formats,
  subscribers,
  onOwed,
}: RemindOptions): Promise<Step> {
  const { byId } = await subscribers.lately()
  const used = new Set([...byId.values()].map(({ format }) => format))
  const rules = formats.all.flatMap(({ name, remindEveryMs }): ReminderRule[] =>
    remindEveryMs !== undefined && used.has(name) ? [{ format: name, everyMs: remindEveryMs }] : [],
  )
  const queued = rules.length === 0 ? 0 : await enqueueReminders(store, rules, most)
  if (queued > 0) onOwed()
  return { nextInMs: queued === most ? 1000 : everyMs }
}
