import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { SecretReference } from '../rules/vault.ts'
import type { WebhookSecrets, WebhookSettings } from '../rules/webhook.ts'
import type { Database, Store } from './database.ts'
import { forgetFailures } from './health.ts'
import { isId, newId } from './ids.ts'
import { clockVersion, databaseNow } from './schema/columns.ts'
import { revisions, webhooks } from './schema/index.ts'

/** A webhook as it is stored: its settings, and its secrets sealed. */
export interface Webhook extends WebhookSettings {
  readonly id: string
  readonly sealedSecret: string
  readonly sealedPreviousSecret: string | null
  readonly previousSecretUntil: Date | null
  /** Its other secrets, each sealed. */
  readonly sealed: WebhookSecrets
  readonly disabledReason: string | null
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

function toWebhook({
  settings,
  secret,
  previousSecret,
  ...row
}: typeof webhooks.$inferSelect): Webhook {
  return { ...row, ...settings, sealedSecret: secret, sealedPreviousSecret: previousSecret }
}

function toColumns({ name, url, enabled, ...settings }: WebhookSettings) {
  return { name, url, enabled, settings }
}

/** Tells every process that the webhooks it holds in memory are out of date. */
async function revise(db: Database): Promise<void> {
  await db
    .insert(revisions)
    .values({ name: 'webhooks', value: clockVersion })
    .onConflictDoUpdate({
      target: revisions.name,
      set: { value: sql`greatest(${revisions.value} + 1, ${clockVersion})` },
    })
}

/** Changes with every change of any webhook. */
export async function webhooksRevision({ db }: Store): Promise<number> {
  const [row] = await db.select().from(revisions).where(eq(revisions.name, 'webhooks'))
  return row?.value ?? 0
}

/** Newest first, those older than `before`. */
export async function listWebhooks(
  { db }: Store,
  page: { limit: number; before?: string | undefined },
): Promise<Webhook[]> {
  const found = await db
    .select()
    .from(webhooks)
    .where(page.before === undefined ? undefined : lt(webhooks.id, page.before))
    .orderBy(desc(webhooks.id))
    .limit(page.limit)
  return found.map(toWebhook)
}

/** All that are enabled, a thousand at a time: what events are held against. */
export async function enabledWebhooks({ db }: Store): Promise<Webhook[]> {
  const all: Webhook[] = []
  for (let after: string | undefined; ; ) {
    const found = await db
      .select()
      .from(webhooks)
      .where(
        and(eq(webhooks.enabled, true), after === undefined ? undefined : gt(webhooks.id, after)),
      )
      .orderBy(webhooks.id)
      .limit(1000)
    all.push(...found.map(toWebhook))
    after = found.at(-1)?.id
    if (found.length < 1000) return all
  }
}

export async function findWebhook({ db }: Store, id: string): Promise<Webhook | undefined> {
  if (!isId(id)) return undefined
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id))
  return row && toWebhook(row)
}

export async function insertWebhook(
  { db, vault }: Store,
  settings: WebhookSettings,
  secret: string | SecretReference,
  sealed: WebhookSecrets = {},
): Promise<Webhook> {
  const sealedSecret = await vault.seal(secret)
  return db.transaction(async (tx) => {
    const [row] = await tx
      .insert(webhooks)
      .values({ id: newId(), ...toColumns(settings), secret: sealedSecret, sealed })
      .returning()
    await revise(tx)
    if (row === undefined) throw new Error('The database returned no row for a new webhook.')
    return toWebhook(row)
  })
}

/** What a change may touch beside the settings. */
export interface WebhookChange {
  readonly settings: WebhookSettings
  readonly secret?: string | SecretReference | undefined
  /** All of its other secrets, each sealed. Default: as they are. */
  readonly sealed?: WebhookSecrets
}

/** Stores a change made to `version`; undefined where somebody else was quicker, or it is gone. */
export async function updateWebhook(
  { db, vault }: Store,
  { id, version }: Pick<Webhook, 'id' | 'version'>,
  { settings, secret, sealed }: WebhookChange,
): Promise<Webhook | undefined> {
  const secrets = {
    ...(secret !== undefined && { secret: await vault.seal(secret) }),
    ...(sealed !== undefined && { sealed }),
  }
  return db.transaction(async (tx) => {
    if (settings.enabled) await forgetFailures(tx, { id, version })
    const [row] = await tx
      .update(webhooks)
      .set({
        ...toColumns(settings),
        ...secrets,
        ...(settings.enabled && { disabledReason: null }),
        version: version + 1,
        updatedAt: databaseNow,
      })
      .where(and(eq(webhooks.id, id), eq(webhooks.version, version)))
      .returning()
    if (row === undefined) return undefined
    await revise(tx)
    return toWebhook(row)
  })
}

/** Replaces the secret. The old one stays valid beside it for `overlapMs`. */
export async function rotateSecret(
  { db, vault }: Store,
  webhook: Webhook,
  secret: string | SecretReference,
  overlapMs: number,
): Promise<void> {
  const sealed = await vault.seal(secret)
  await db.transaction(async (tx) => {
    await tx
      .update(webhooks)
      .set({
        secret: sealed,
        previousSecret: overlapMs > 0 ? webhook.sealedSecret : null,
        previousSecretUntil: sql`${databaseNow} + ${overlapMs} * interval '1 millisecond'`,
        version: sql`${webhooks.version} + 1`,
        updatedAt: databaseNow,
      })
      .where(eq(webhooks.id, webhook.id))
    await revise(tx)
  })
}

/**
 * Switches a webhook off on the service's own account, and says why, in the caller's transaction.
 * False where it was off already.
 */
export async function disableWebhook(db: Database, id: string, reason: string): Promise<boolean> {
  const disabled = await db
    .update(webhooks)
    .set({
      enabled: false,
      disabledReason: reason,
      version: sql`${webhooks.version} + 1`,
      updatedAt: databaseNow,
    })
    .where(and(eq(webhooks.id, id), eq(webhooks.enabled, true)))
    .returning({ id: webhooks.id })
  if (disabled.length > 0) await revise(db)
  return disabled.length > 0
}

/** Removes a webhook with its whole history (seed 1). False where there is none. */
export async function deleteWebhook({ db }: Store, id: string): Promise<boolean> {
  if (!isId(id)) return false
  return db.transaction(async (tx) => {
    const gone = await tx.delete(webhooks).where(eq(webhooks.id, id)).returning({ id: webhooks.id })
    await revise(tx)
    return gone.length > 0
  })
}
