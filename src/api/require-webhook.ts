import type { Store } from '../store/database.ts'
import { findWebhook, type Webhook } from '../store/webhooks.ts'
import { missing, Problem } from './problem.ts'

/** The webhook of that id; a problem where there is none. */
export async function requireWebhook(store: Store, id: string): Promise<Webhook> {
  const webhook = await findWebhook(store, id)
  if (webhook === undefined) throw missing('webhook')
  return webhook
}

/** A problem where nothing would be sent to it: `then` is what to do once it is enabled. */
export function refuseDisabled({ enabled }: Webhook, then: 'retry' | 'replay'): void {
  if (!enabled)
    throw new Problem('conflict', `The webhook is disabled: enable it first, then ${then}.`)
}
