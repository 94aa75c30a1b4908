import { hex } from '../plugin/bytes.ts'
import type { FormatConsent, FormatGrant } from '../plugin/format.ts'
import { deadline } from '../rules/deadline.ts'
import { describeError } from '../rules/describe-error.ts'
import { sha256 } from '../rules/digest.ts'
import type { Endpoint } from '../rules/endpoint.ts'
import { credentials } from '../rules/format-request.ts'
import type { Transport } from '../rules/transport.ts'
import { defaultDelivery } from '../rules/webhook.ts'
import {
  closeQuestion,
  findQuestion,
  giveConsent,
  openQuestion,
  recallConsent,
  takeTurn,
} from '../store/consents.ts'
import type { Store } from '../store/database.ts'
import { findWebhook } from '../store/webhooks.ts'
import type { Endpoints } from './endpoints.ts'
import { createPermits, type Permits } from './permits.ts'

/** Why nothing is to be sent now: `denied`, or not before so many milliseconds have passed. */
export type Held = { readonly denied: string } | { readonly forMs: number }

/** Who has consented to get requests, and how many. */
export interface Consents {
  /** Undefined where a request may be made now, which is then counted. */
  hold(endpoint: Endpoint): Promise<Held | undefined>
  /**
   * Takes consent that a receiver gives later, of its own accord, under the key it was told. Answers
   * why that is none; undefined where it is. Unknown: nobody is asked under that key.
   */
  give(key: string, header: Header): Promise<'unknown' | { readonly reason: string } | undefined>
}

type Header = (name: string) => string | undefined

interface Asked {
  readonly question: string
  /** When the answer counts no more. */
  until: number
  readonly verdict: Promise<FormatGrant>
  readonly permits: Permits
}

/** How long an answer counts, in milliseconds. */
const lastsMs = { granted: 3_600_000, denied: 60_000 }
const mostAsked = 10_000

/**
 * Asks each receiver whose format demands it, and holds to the rate it grants. What was said and the
 * turns that were taken are in the database: they hold for all processes together.
 */
export function createConsents({
  store,
  endpoints,
  transport,
  now,
}: {
  readonly store: Store
  readonly endpoints: Endpoints
  readonly transport: Transport
  readonly now: () => number
}): Consents {
  const known = new Map<string, Asked>()

  async function ask(
    endpoint: Endpoint,
    consent: FormatConsent,
    key: string | undefined,
  ): Promise<FormatGrant> {
    const { settings, marks, authorization, url } = endpoint
    const timeoutMs = settings.deliveryConfig?.timeoutMs ?? defaultDelivery.timeoutMs
    const signal = deadline(timeoutMs)
    try {
      const { status, headers, body } = await transport(url, {
        method: 'OPTIONS',
        headers: {
          ...settings.headers,
          'User-Agent': 'Tocsin/1.0',
          ...(authorization && { Authorization: credentials(authorization, marks) }),
          ...consent.headers,
          ...laterAt(endpoint, consent, key),
        },
        body: '',
        signal,
        redirect: 'manual',
        allowInvalidCerts: settings.allowInvalidCerts,
      })
      for await (const _ of body ?? []) break
      return consent.judge({ status, header: (name) => headers.get(name) ?? undefined })
    } catch (error) {
      return { granted: false, reason: `asked, it does not answer: ${describeError(error)}` }
    } finally {
      signal.end()
    }
  }

  /** What is remembered of it, else what it says now; and how long that counts. */
  async function find(endpoint: Endpoint, consent: FormatConsent, question: string) {
    const { id } = endpoint.context.webhook
    const found = await recallConsent(store, id, question)
    const left = found === undefined ? 0 : lasts(found.refusal === null) - found.ageMs
    if (found !== undefined && left > 0) return { verdict: verdictOf(found), left }
    const newKey = hex(crypto.getRandomValues(new Uint8Array(32)))
    const key = await openQuestion(store, id, question, newKey)
    const said = await ask(endpoint, consent, key)
    const closed = await closeQuestion(store, id, {
      question,
      refusal: said.granted ? null : said.reason,
      perMinute: (said.granted ? said.perMinute : undefined) ?? null,
    })
    const verdict = closed === undefined ? said : verdictOf(closed)
    return { verdict, left: lasts(verdict.granted) }
  }

  async function asked(endpoint: Endpoint, consent: FormatConsent): Promise<Asked> {
    const { id } = endpoint.context.webhook
    const question = await sha256(JSON.stringify([endpoint.url, consent.headers]))
    const before = known.get(id)
    if (before?.question === question && before.until > now()) return before
    if (known.size >= mostAsked) known.clear()
    const found = find(endpoint, consent, question)
    const fresh: Asked = {
      question,
      until: Number.POSITIVE_INFINITY,
      verdict: found.then(({ verdict }) => verdict),
      permits: before?.permits ?? createPermits(now, (forMs) => takeTurn(store, id, forMs)),
    }
    found.then(
      ({ left }) => {
        fresh.until = now() + left
      },
      () => known.delete(id),
    )
    known.set(id, fresh)
    return fresh
  }

  return {
    async hold(endpoint) {
      const consent = endpoint.format.consent?.(endpoint.context)
      if (consent === undefined) return undefined
      const { verdict, permits } = await asked(endpoint, consent)
      const said = await verdict
      if (!said.granted) return { denied: `The receiver has not consented: ${said.reason}.` }
      return said.perMinute === undefined ? undefined : permits.take(said.perMinute)
    },
    async give(key, header) {
      const webhookId = await findQuestion(store, key)
      const webhook = webhookId === undefined ? undefined : await findWebhook(store, webhookId)
      const endpoint = webhook && (await endpoints.of(webhook))
      if (endpoint === undefined || !('format' in endpoint)) return 'unknown'
      const grant = endpoint.format.consent?.(endpoint.context)?.later?.judge({ header })
      if (grant === undefined) return 'unknown'
      if (!grant.granted) return { reason: grant.reason }
      await giveConsent(store, key, grant.perMinute ?? null)
      known.delete(endpoint.context.webhook.id)
      return undefined
    },
  }
}

/** Where consent may be given later: nowhere, unless the public reaches us as it should. */
function laterAt(
  { context: { publicUrl } }: Endpoint,
  { later }: FormatConsent,
  key: string | undefined,
): Readonly<Record<string, string>> {
  if (later === undefined || key === undefined || !publicUrl?.startsWith('https://')) return {}
  return { [later.header]: `${publicUrl}/api/consents/${key}` }
}

function lasts(granted: boolean): number {
  return granted ? lastsMs.granted : lastsMs.denied
}

function verdictOf({
  refusal,
  perMinute,
}: {
  readonly refusal: string | null
  readonly perMinute: number | null
}): FormatGrant {
  if (refusal !== null) return { granted: false, reason: refusal }
  return { granted: true, ...(perMinute !== null && { perMinute }) }
}
