import type { FormatConsent, FormatGrant } from 'tocsin/plugin'

/** What is asked: as whom, and for how many requests a minute. */
export interface ConsentRequest {
  /** A DNS name. */
  readonly origin: string
  readonly perMinute?: number | undefined
}

/**
 * The validation handshake of "HTTP 1.1 Web Hooks for Event Delivery" 1.0.2, section 4: the receiver
 * consents by naming us, or everybody, in `WebHook-Allowed-Origin`; `WebHook-Allowed-Rate` bounds what
 * it takes. `WebHook-Request-Callback` names a URL at which it may consent later, by GET or POST.
 */
export function askConsent({ origin, perMinute }: ConsentRequest): FormatConsent {
  return {
    headers: {
      'WebHook-Request-Origin': origin,
      ...(perMinute !== undefined && { 'WebHook-Request-Rate': String(perMinute) }),
    },
    judge({ status, header }) {
      const allowed = header('webhook-allowed-origin')?.trim()
      if (allowed === undefined || allowed === '')
        return {
          granted: false,
          reason: `it answers OPTIONS with ${status} and no WebHook-Allowed-Origin`,
        }
      if (allowed !== '*' && allowed.toLowerCase() !== origin.toLowerCase())
        return {
          granted: false,
          reason: `it consents to ${allowed.slice(0, 255)}, not to ${origin}`,
        }
      return grant(header('webhook-allowed-rate'))
    },
    later: {
      header: 'WebHook-Request-Callback',
      judge: ({ header }) => grant(header('webhook-allowed-rate')),
    },
  }
}

function grant(allowedRate: string | undefined): FormatGrant {
  const rate = allowedRate?.trim() ?? '*'
  if (rate === '*') return { granted: true }
  return /^[1-9]\d{0,8}$/.test(rate)
    ? { granted: true, perMinute: Number(rate) }
    : { granted: false, reason: `its WebHook-Allowed-Rate ${rate.slice(0, 50)} is no rate` }
}
