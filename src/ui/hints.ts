import type { ErrorClass } from '../rules/outcome.ts'

/** What a failure means and what to do about it. */
export interface Hint {
  readonly title: string
  readonly advice: string
}

const byClass: Readonly<Record<Exclude<ErrorClass, 'status'>, Hint>> = {
  dns: {
    title: 'The host name could not be found',
    advice: 'Check the URL for a typo, and that the name resolves from where Tocsin runs.',
  },
  refused: {
    title: 'Nothing listens there',
    advice: 'Start the receiver, or correct the port of the URL.',
  },
  reset: {
    title: 'The connection was cut',
    advice: 'The receiver or a proxy closed it before it answered: its log will say why.',
  },
  unreachable: {
    title: 'The network leads nowhere',
    advice: 'Check routes and firewalls between Tocsin and the receiver.',
  },
  tls: {
    title: 'The certificate was not accepted',
    advice: 'Renew it, or install the chain that belongs to it; the name must match the URL.',
  },
  timeout: {
    title: 'The receiver took too long',
    advice: 'Let it answer first and work later, or raise the timeout of this webhook.',
  },
  blocked: {
    title: 'The address is not allowed',
    advice: 'Private addresses are refused unless the operator lists them in ALLOW_TARGETS.',
  },
  redirect: {
    title: 'The receiver wanted to redirect',
    advice: 'Redirects are never followed: put the final address into the URL.',
  },
  network: {
    title: 'The request did not get through',
    advice: 'The message has the details; the network between the two is where to look.',
  },
}

const byStatus: Readonly<Record<number, Hint>> = {
  400: {
    title: 'The receiver did not understand the request',
    advice: 'Its format may be another one: compare the body with what the receiver expects.',
  },
  401: {
    title: 'The receiver does not know who is calling',
    advice: 'Check the signing secret on both sides, and the authorization of this webhook.',
  },
  403: {
    title: 'The receiver refuses this caller',
    advice: 'Check its signature check and its list of allowed addresses.',
  },
  404: { title: 'There is nothing at that path', advice: 'Correct the path of the URL.' },
  405: { title: 'That path takes no POST', advice: 'Correct the path of the URL.' },
  410: {
    title: 'The receiver is gone for good',
    advice: 'It said so itself, and the webhook was switched off. Delete it, or change its URL.',
  },
  413: {
    title: 'The body was too large for the receiver',
    advice: 'Raise its limit, or choose a format that sends less.',
  },
  429: {
    title: 'The receiver wants fewer requests',
    advice: 'Deliveries wait as long as it asks. Subscribe to fewer events, or raise its limit.',
  },
}

/** Plain words for why an attempt failed; undefined where it did not. */
export function hintFor(errorClass: string | null, statusCode: number | null): Hint | undefined {
  if (errorClass === null) return undefined
  const known = Object.entries(byClass).find(([name]) => name === errorClass)?.[1]
  if (known !== undefined) return known
  if (statusCode === null) return byClass.network
  if (statusCode >= 300 && statusCode < 400) return byClass.redirect
  const exact = byStatus[statusCode]
  if (exact !== undefined) return exact
  return statusCode >= 500
    ? {
        title: 'The receiver failed',
        advice: 'The fault is on its side: its own log says more. Retry when it is mended.',
      }
    : {
        title: 'The receiver did not accept it',
        advice: 'Any answer but 2xx counts as a failure; its body may say why.',
      }
}
