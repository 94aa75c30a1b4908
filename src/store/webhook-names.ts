import { desc, inArray, sql } from 'drizzle-orm'
import type { RetryPolicy } from '../rules/retry.ts'
import type { Store } from './database.ts'
import { isId } from './ids.ts'
import { webhooks } from './schema/index.ts'

/** What lists need to know of a webhook. */
export interface WebhookName {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly retryPolicy: RetryPolicy
}

const columns = {
  id: webhooks.id,
  name: webhooks.name,
  enabled: webhooks.enabled,
  retryPolicy: sql<RetryPolicy>`${webhooks.settings}->'retryPolicy'`,
}

/** The newest webhooks, for people to choose from. */
export async function webhookNames({ db }: Store, limit: number): Promise<WebhookName[]> {
  return db.select(columns).from(webhooks).orderBy(desc(webhooks.id)).limit(limit)
}

/** What these webhooks are called. */
export async function namesOf(
  { db }: Store,
  ids: readonly string[],
): Promise<Map<string, WebhookName>> {
  const known = [...new Set(ids)].filter(isId)
  if (known.length === 0) return new Map()
  const found = await db.select(columns).from(webhooks).where(inArray(webhooks.id, known))
  return new Map(found.map((one) => [one.id, one]))
}
