import type { FormatConsent } from '../plugin/format.ts'
import { deadline } from '../rules/deadline.ts'
import { describeError } from '../rules/describe-error.ts'
import type { Endpoint } from '../rules/endpoint.ts'
import { credentials } from '../rules/format-request.ts'
import type { Transport } from '../rules/transport.ts'
import { defaultDelivery } from '../rules/webhook.ts'

/** Why nothing is to be sent now: `denied`, or not before so many milliseconds have passed. */
export type Held = { readonly denied: string } | { readonly forMs: number }

/** Who has consented to get requests, and how many. */
export interface Consents {
  /** Undefined where a request may be made now, which is then counted. */
  hold(endpoint: Endpoint): Promise<Held | undefined>
}

type Verdict = ReturnType<FormatConsent['judge']>

interface Asked {
  readonly until: number
  readonly verdict: Promise<Verdict>
  /** When the next request fits the rate that was granted, and those put off after it. */
  free: number
  putOff: number
}

/** How long an answer counts, in milliseconds. */
const lastsMs = { granted: 3_600_000, denied: 60_000 }
/** A request is put off no longer than this at once: the rate may be another by then. */
const mostPutOffMs = 60_000
const mostAsked = 10_000

/** Asks each receiver whose format demands it, and holds to the rate it grants, process by process. */
export function createConsents({
  transport,
  now,
}: {
  readonly transport: Transport
  readonly now: () => number
}): Consents {
  const known = new Map<string, Asked>()

  async function ask(endpoint: Endpoint, consent: FormatConsent): Promise<Verdict> {
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

  async function asked(endpoint: Endpoint, consent: FormatConsent): Promise<Asked> {
    const key = JSON.stringify([endpoint.context.webhook.id, endpoint.url, consent.headers])
    const before = known.get(key)
    if (before !== undefined && before.until > now()) {
      const { granted } = await before.verdict
      if (granted || before.until - lastsMs.granted + lastsMs.denied > now()) return before
    }
    if (known.size >= mostAsked) known.clear()
    const fresh = {
      until: now() + lastsMs.granted,
      verdict: ask(endpoint, consent),
      free: before?.free ?? 0,
      putOff: 0,
    }
    known.set(key, fresh)
    return fresh
  }

  return {
    async hold(endpoint) {
      const consent = endpoint.format.consent?.(endpoint.context)
      if (consent === undefined) return undefined
      const state = await asked(endpoint, consent)
      const verdict = await state.verdict
      if (!verdict.granted) return { denied: `The receiver has not consented: ${verdict.reason}.` }
      if (verdict.perMinute === undefined) return undefined
      const every = 60_000 / verdict.perMinute
      if (now() >= state.free) {
        state.free = now() + every
        return undefined
      }
      state.putOff = Math.max(state.free, state.putOff + every)
      return { forMs: Math.min(mostPutOffMs, state.putOff - now()) }
    },
  }
}
