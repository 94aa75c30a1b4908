import type { Store } from '../store/database.ts'
import { findWebhook, type Webhook } from '../store/webhooks.ts'
import { missing } from './problem.ts'

/** The webhook of that id; a problem where there is none. */
export async function requireWebhook(store: Store, id: string): Promise<Webhook> {
  const webhook = await findWebhook(store, id)
  if (webhook === undefined) throw missing('webhook')
  return webhook
}
