import { sql } from 'drizzle-orm'
import type { Database, Store } from './database.ts'
import { resultRows, rows } from './rows.ts'
import { databaseNow } from './schema/columns.ts'

/** An `Idempotency-Key` and the digest of the request that it came with. */
interface Key {
  readonly key: string
  readonly fingerprint: string
}

/** How long an `Idempotency-Key` is remembered. */
const remembered = sql`interval '24 hours'`
/** After that a key without an answer belongs to a request that ended without one. */
const underWay = sql`interval '60 seconds'`

/**
 * Takes keys, in the caller's transaction where there is one; answers those that were free. A second
 * request under the same key waits here until the first has committed.
 */
export async function takeKeys(db: Database, keys: readonly Key[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const taken = await db.execute(sql`
    insert into idempotency_keys (key, fingerprint, answer)
    select u.key, u.fingerprint, '' from ${rows(
      { key: 'text', fingerprint: 'text' },
      keys.map(({ key, fingerprint }) => ({ key, fingerprint })),
    )}
    order by u.key
    on conflict (key) do update set fingerprint = excluded.fingerprint, answer = '',
      created_at = ${databaseNow}
    where idempotency_keys.created_at < ${databaseNow} - ${remembered}
      or (idempotency_keys.answer = '' and idempotency_keys.created_at < ${databaseNow} - ${underWay})
    returning key`)
  return new Set(resultRows<{ key: string }>(taken).map(({ key }) => key))
}

/** Stores answers under keys taken before. */
export async function answerKeys(
  db: Database,
  answers: readonly { readonly key: string; readonly answer: string }[],
): Promise<void> {
  if (answers.length === 0) return
  await db.execute(sql`
    update idempotency_keys set answer = u.answer
    from ${rows({ key: 'text', answer: 'text' }, answers)} where idempotency_keys.key = u.key`)
}

/** The answers given to those of these keys that were used within the last day. */
export async function findKeys(
  { db }: Store,
  keys: readonly string[],
): Promise<Map<string, { fingerprint: string; answer: string }>> {
  if (keys.length === 0) return new Map()
  const found = await db.execute(sql`
    select k.key, k.fingerprint, k.answer from idempotency_keys k
    where k.key in (select u.key from ${rows(
      { key: 'text' },
      keys.map((key) => ({ key })),
    )}) and k.created_at >= ${databaseNow} - ${remembered}`)
  return new Map(
    resultRows<Key & { answer: string }>(found).map(({ key, ...known }) => [key, known]),
  )
}

/** Gives a key free again. */
export async function dropKey(db: Database, key: string): Promise<void> {
  await db.execute(sql`delete from idempotency_keys where key = ${key}`)
}

/** Stores sealed answers anew with the present key; one that no key opens is forgotten. */
export async function resealAnswers({ db, vault }: Store): Promise<void> {
  const found = await db.execute(
    sql`select key, answer from idempotency_keys where answer like 'sealed:%' or answer like 'open:%'`,
  )
  for (const { key, answer } of resultRows<{ key: string; answer: string }>(found)) {
    const anew = await vault.reseal(answer).catch(() => undefined)
    if (anew === undefined) await dropKey(db, key)
    else if (anew !== answer) await answerKeys(db, [{ key, answer: anew }])
  }
}

/** Removes keys that are no longer remembered, at most `limit`; answers how many went. */
export async function forgetKeys({ db }: Store, limit: number): Promise<number> {
  const gone = await db.execute(sql`
    delete from idempotency_keys where key = any(array(
      select key from idempotency_keys where created_at < ${databaseNow} - ${remembered}
      order by created_at limit ${limit} for update skip locked))
    returning 1`)
  return resultRows(gone).length
}
