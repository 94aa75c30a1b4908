import { and, eq } from 'drizzle-orm'
import type { Store } from './database.ts'
import { resealAnswers } from './idempotency.ts'
import { type Instance, listInstances } from './instances.ts'
import { instances, webhooks } from './schema/index.ts'
import { findWebhook, listWebhooks, type Webhook } from './webhooks.ts'

/** What holds secrets. */
export interface Holder {
  readonly kind: 'webhook' | 'instance'
  readonly id: string
  readonly name: string
}

/** What became of the secrets there are. */
export interface Resealed {
  /** Webhooks and instances whose secrets were stored with another key, or with none. */
  readonly resealed: number
  readonly unchanged: number
  /** Those with a secret that no key opens; they stay as they are. */
  readonly unreadable: readonly Holder[]
}

type Verdict = 'resealed' | 'unchanged' | 'unreadable' | 'changed'

const atOnce = 200
/** How many are looked at to tell whether the key is the right one. */
const sample = 500
/** How often one is tried again that others keep changing. */
const mostTries = 10

/** Stores every secret anew with the present key. Does no harm beside a service, nor done again. */
export async function resealAll(store: Store): Promise<Resealed> {
  const counts = { resealed: 0, unchanged: 0 }
  const unreadable: Holder[] = []
  const count = (verdict: Verdict, holder: Holder) => {
    if (verdict === 'changed')
      throw new Error(`Others keep changing the ${holder.kind} ${holder.id}: run this again.`)
    if (verdict === 'unreadable') unreadable.push(holder)
    else counts[verdict] += 1
  }
  for (let before: string | undefined; ; ) {
    const found = await listWebhooks(store, { limit: atOnce, before })
    for (const one of found) count(await resealWebhook(store, one), holderOf('webhook', one))
    before = found.at(-1)?.id
    if (found.length < atOnce) break
  }
  for (let after: string | undefined; ; ) {
    const found = await listInstances(store, { limit: atOnce, after })
    for (const one of found) count(await resealInstance(store, one), holderOf('instance', one))
    after = found.at(-1)?.id
    if (found.length < atOnce) break
  }
  await resealAnswers(store)
  return { ...counts, unreadable }
}

/** Those with a secret that no key opens, among the first few hundred. */
export async function findUnreadable(store: Store): Promise<Holder[]> {
  const found: Holder[] = []
  for (const webhook of await listWebhooks(store, { limit: sample }))
    if ((await anewOf(store, webhook)) === undefined) found.push(holderOf('webhook', webhook))
  // The others' URLs are in the environment, and stored anew at every start.
  for (const instance of await listInstances(store, { limit: sample }))
    if (instance.source === 'api' && (await opened(store.vault.reseal(instance.url))) === undefined)
      found.push(holderOf('instance', instance))
  return found
}

/** A change made meanwhile is neither overwritten nor left with the old key. */
async function resealWebhook(store: Store, first: Webhook): Promise<Verdict> {
  let webhook: Webhook | undefined = first
  for (let tries = 0; webhook !== undefined && tries < mostTries; tries++) {
    const anew = await anewOf(store, webhook)
    if (anew === undefined) return 'unreadable'
    const { id, version, sealedSecret, sealedPreviousSecret, sealed }: Webhook = webhook
    const before = [sealedSecret, sealedPreviousSecret, ...Object.values(sealed)]
    if (before.join() === [anew.secret, anew.previousSecret, ...Object.values(anew.sealed)].join())
      return 'unchanged'
    const stored = await store.db
      .update(webhooks)
      .set({ ...anew, version: version + 1 })
      .where(and(eq(webhooks.id, id), eq(webhooks.version, version)))
      .returning({ id: webhooks.id })
    if (stored.length > 0) return 'resealed'
    webhook = await findWebhook(store, id)
  }
  return webhook === undefined ? 'unchanged' : 'changed'
}

/** The secrets of a webhook as they would be stored now; undefined where no key opens one of them. */
function anewOf({ vault }: Store, webhook: Webhook) {
  const { sealedSecret, sealedPreviousSecret, sealed } = webhook
  const others = Object.entries(sealed).map(
    async ([name, stored]) => [name, await vault.reseal(stored)] as const,
  )
  return opened(
    Promise.all([
      vault.reseal(sealedSecret),
      sealedPreviousSecret === null ? null : vault.reseal(sealedPreviousSecret),
      Promise.all(others),
    ]).then(([secret, previousSecret, values]) => ({
      secret,
      previousSecret,
      sealed: Object.fromEntries(values),
    })),
  )
}

async function resealInstance({ db, vault }: Store, { id, url }: Instance): Promise<Verdict> {
  const anew = await opened(vault.reseal(url))
  if (anew === undefined) return 'unreadable'
  if (anew === url) return 'unchanged'
  // Where somebody else has changed it, that was stored with the present key.
  await db
    .update(instances)
    .set({ url: anew })
    .where(and(eq(instances.id, id), eq(instances.url, url)))
  return 'resealed'
}

/** The vault rejects for one reason only. */
function opened<Value>(opening: Promise<Value>): Promise<Value | undefined> {
  return opening.catch(() => undefined)
}

function holderOf(kind: Holder['kind'], { id, name }: { id: string; name: string }): Holder {
  return { kind, id, name }
}
