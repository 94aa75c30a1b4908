import { sql } from 'drizzle-orm'
import type { Database } from './database.ts'
import { databaseNow } from './schema/columns.ts'
import { open } from './schema/index.ts'

/**
 * Gives up what waits for webhooks that would rather lose it than get it late (seed 5, `lossy`), of
 * these those whose receivers fail so much that they are only probed.
 */
export async function giveUpLossy(db: Database, webhookIds: readonly string[]): Promise<void> {
  if (webhookIds.length === 0) return
  await db.execute(sql`
    update deliveries set status = 'dead_letter', completed_at = ${databaseNow}, claim_id = null,
      error = 'Its receiver is failing, and the webhook is lossy: it was not kept for later.'
    where webhook_id in (
        select w.id from webhooks w join webhook_health h on h.webhook_id = w.id
        where w.id = any(array(select json_array_elements_text(${JSON.stringify(webhookIds)}::json)::uuid))
          and w.settings->>'lossy' = 'true' and h.deferred_until > ${databaseNow})
      and ${open} and (claim_id is null or due_at <= ${databaseNow})`)
}
