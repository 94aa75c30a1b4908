import { and, eq, sql } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resultRows, storedText } from './rows.ts'
import { databaseNow } from './schema/columns.ts'
import { consents } from './schema/index.ts'

/** What a receiver has said to a question. */
interface Consent {
  /** A digest of it, and of where it was asked. */
  readonly question: string
  /** Why not; null: it consents. */
  readonly refusal: string | null
  /** The most requests a minute; null: as many as there are. */
  readonly perMinute: number | null
}

/** What a webhook's receiver has said to this very question, and how long ago, in milliseconds. */
export async function recallConsent(
  { db }: Store,
  webhookId: string,
  question: string,
): Promise<(Consent & { readonly ageMs: number }) | undefined> {
  const [found] = await db
    .select({
      question: consents.question,
      refusal: consents.refusal,
      perMinute: consents.perMinute,
      ageMs: sql<number>`(extract(epoch from ${databaseNow} - ${consents.askedAt}) * 1000)::float8`,
    })
    .from(consents)
    .where(and(eq(consents.webhookId, webhookId), eq(consents.question, question)))
  return found
}

/** Remembers what was said, of a webhook that is saved. Turns that were taken stay taken. */
export async function rememberConsent(
  { db }: Store,
  webhookId: string,
  { question, refusal, perMinute }: Consent,
): Promise<void> {
  await db.execute(sql`
    insert into consents (webhook_id, question, refusal, per_minute)
    select id, ${question}, ${refusal === null ? null : storedText(refusal)}, ${perMinute}::int
    from webhooks where id = ${webhookId}
    on conflict (webhook_id) do update set question = excluded.question,
      refusal = excluded.refusal, per_minute = excluded.per_minute, asked_at = ${databaseNow}`)
}

/**
 * Takes the requests that a rate allows within the next `forMs`, for this process alone: 0, or how
 * many milliseconds to wait until it may ask again. One statement, however many processes ask.
 */
export async function takeTurn({ db }: Store, webhookId: string, forMs: number): Promise<number> {
  const taken = await db.execute(sql`
    with taken as (
      update consents set free_at = ${databaseNow} + ${forMs}::float8 * interval '1 ms'
      where webhook_id = ${webhookId} and free_at <= ${databaseNow} returning 1)
    select case when exists (select from taken) then 0
      else greatest(1, extract(epoch from free_at - ${databaseNow}) * 1000)::float8 end as wait
    from consents where webhook_id = ${webhookId}`)
  const [row] = resultRows<{ wait: number }>(taken)
  return row?.wait ?? 0
}
