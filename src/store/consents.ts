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

/**
 * Says that a question is about to be asked for a webhook, which is saved; the key under which it may
 * be answered later: the one it had, else `key`. Undefined where there is no such webhook.
 */
export async function openQuestion(
  { db }: Store,
  webhookId: string,
  question: string,
  key: string,
): Promise<string | undefined> {
  const opened = await db.execute(sql`
    insert into consents (webhook_id, question, key, refusal, asked_at)
    select id, ${question}, ${key}, 'it has not answered yet', 'epoch' from webhooks
    where id = ${webhookId}
    on conflict (webhook_id) do update set question = excluded.question,
      key = case when consents.question = excluded.question
        then coalesce(consents.key, excluded.key) else excluded.key end,
      called = consents.called and consents.question = excluded.question
    returning key`)
  return resultRows<{ key: string }>(opened)[0]?.key
}

/**
 * Remembers what was said; answers what counts, which is what was said at the URL for it, where
 * that was. Turns that were taken stay taken.
 */
export async function closeQuestion(
  { db }: Store,
  webhookId: string,
  { question, refusal, perMinute }: Consent,
): Promise<Pick<Consent, 'refusal' | 'perMinute'> | undefined> {
  const reason = refusal === null ? null : storedText(refusal)
  const closed = await db.execute(sql`
    update consents set asked_at = ${databaseNow},
      refusal = case when called then null else ${reason}::text end,
      per_minute = case when called and ${reason}::text is not null then per_minute
        else ${perMinute}::int end
    where webhook_id = ${webhookId} and question = ${question}
    returning refusal, per_minute as "perMinute"`)
  return resultRows<Pick<Consent, 'refusal' | 'perMinute'>>(closed)[0]
}

/** The webhook whose receiver is asked under that key. */
export async function findQuestion({ db }: Store, key: string): Promise<string | undefined> {
  const [found] = await db
    .select({ webhookId: consents.webhookId })
    .from(consents)
    .where(eq(consents.key, key))
  return found?.webhookId
}

/** Gives consent under a key, until something else is asked. */
export async function giveConsent(
  { db }: Store,
  key: string,
  perMinute: number | null,
): Promise<void> {
  await db
    .update(consents)
    .set({ called: true, refusal: null, perMinute, askedAt: databaseNow })
    .where(eq(consents.key, key))
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
