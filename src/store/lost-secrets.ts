import { eq, sql } from 'drizzle-orm'
import { generateSecret } from '../rules/secret.ts'
import type { Store } from './database.ts'
import type { Holder } from './reseal.ts'
import { databaseNow } from './schema/columns.ts'
import { instances, webhooks } from './schema/index.ts'
import { disableWebhook } from './webhooks.ts'

const lost = 'Its secrets were lost with their key: set them anew, then enable it.'

/**
 * Gives up secrets that no key opens, so that the rest can be used: a webhook gets a new signing
 * secret and is disabled, an instance is asked without a password.
 */
export async function replaceLost(store: Store, holders: readonly Holder[]): Promise<void> {
  for (const { kind, id } of holders)
    if (kind === 'webhook') await replaceOfWebhook(store, id)
    else await replaceOfInstance(store, id)
}

async function replaceOfWebhook({ db, vault }: Store, id: string): Promise<void> {
  const secret = await vault.seal(generateSecret())
  await db.transaction(async (tx) => {
    await tx
      .update(webhooks)
      .set({
        ...{ secret, previousSecret: null, previousSecretUntil: null, sealed: {} },
        version: sql`${webhooks.version} + 1`,
        updatedAt: databaseNow,
      })
      .where(eq(webhooks.id, id))
    if (!(await disableWebhook(tx, id, lost)))
      await tx.update(webhooks).set({ disabledReason: lost }).where(eq(webhooks.id, id))
  })
}

async function replaceOfInstance({ db, vault }: Store, id: string): Promise<void> {
  const [row] = await db.select().from(instances).where(eq(instances.id, id))
  if (row === undefined) return
  const host = row.host.includes(':') ? `[${row.host}]` : row.host
  const url = await vault.seal(`redis://${host}:${row.port}`)
  await db.update(instances).set({ url, updatedAt: databaseNow }).where(eq(instances.id, id))
}
