import type { z } from 'zod'
import type { Severity, Tier } from './event.ts'
import type { FormatEvents } from './format-event.ts'

/** What a format knows beside the events. */
export interface FormatContext<Config = Record<string, unknown>> {
  readonly webhook: { readonly id: string; readonly name: string }
  /**
   * The webhook's `formatConfig`. In place of each value named in `secrets` stands an opaque word of
   * letters, digits and hyphens: put it wherever the secret belongs, whole. The secret takes its place
   * when the request is made, and only there.
   */
  readonly config: Config
  /** `TOCSIN_ACCOUNT_ID`. */
  readonly accountId?: string
  /** `TOCSIN_ENVIRONMENT`, else `NODE_ENV`. */
  readonly environment: string
  /** `PUBLIC_URL`, without a slash at its end. */
  readonly publicUrl?: string
}

/** A request's body, and what depends on the events beside it. */
export interface FormatPayload {
  readonly body: string
  /** Default `application/json`. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Signs with the webhook's secret, and with the one before while a rotation lasts: the newest first. */
export interface Signer {
  /**
   * HMAC-SHA256 of the UTF-8 of `text`. The key is the whole secret as UTF-8 (`text`, the default), or
   * the bytes its base64 after `whsec_` stands for (`base64`); secrets for ed25519 are left out then.
   */
  hmac(text: string, key?: 'text' | 'base64'): Promise<readonly Uint8Array[]>
  /** Ed25519 by those secrets that are `whsk_` keys. */
  ed25519(text: string): Promise<readonly Uint8Array[]>
}

/** One request about to be made. */
export interface FormatAttempt<Config = Record<string, unknown>> {
  readonly events: FormatEvents
  /** As it will be sent. */
  readonly body: string
  /** Epoch milliseconds: a new one at each attempt. */
  readonly timestamp: number
  /** A new one at each attempt. */
  readonly attemptId: string
  readonly context: FormatContext<Config>
  readonly signer: Signer
}

/** What a receiver has answered. */
export interface FormatAnswer {
  readonly status: number
  /** A header of the answer, whatever its case. */
  header(name: string): string | undefined
  /** As much of the body as is kept. */
  readonly body: string
}

/**
 * What an answer means. `rejected`: trying again cannot help. `gone`: the webhook is switched off.
 * `reason` tells people what to do.
 */
export type FormatVerdict =
  | { readonly verdict: 'success' }
  | { readonly verdict: 'retry'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly verdict: 'rejected' | 'gone'; readonly reason: string }

/** What a receiver grants: `perMinute` is the most requests a minute. Default: any. */
export type FormatGrant =
  | { readonly granted: true; readonly perMinute?: number }
  | { readonly granted: false; readonly reason: string }

/** Consent that is asked of a receiver before anything is sent to it, with an OPTIONS request. */
export interface FormatConsent {
  readonly headers: Readonly<Record<string, string>>
  /** What the answer means; the status alone is no consent. */
  judge(answer: Pick<FormatAnswer, 'status' | 'header'>): FormatGrant
  /** The header for a URL of ours at which consent may be given later, and what a request there means. */
  readonly later?: {
    readonly header: string
    judge(request: Pick<FormatAnswer, 'header'>): FormatGrant
  }
}

/** How a request says who sends it: the `Authorization` header. */
export type FormatAuthorization =
  | { readonly type: 'Basic'; readonly username: string; readonly password: string }
  /** `scheme` is the word before the token. Default `Bearer`. */
  | { readonly type: 'Bearer'; readonly token: string; readonly scheme?: string }

/** Payload, headers and manners of one kind of receiver. Everything in it is pure. */
export interface Format<Config extends z.ZodObject = z.ZodObject> {
  /** Unique; what a webhook's `format` says. Lower-case words joined by hyphens. */
  readonly name: string
  /** What people call it: `Slack`. */
  readonly title: string
  /** One sentence: who understands it. */
  readonly summary: string
  /** The webhook's `formatConfig`: a `z.strictObject`, every field described. Default: none is taken. */
  readonly config?: Config
  /** Fields of `config` that are secret: kept encrypted, never shown, opaque to the format. */
  readonly secrets?: readonly (keyof z.input<Config> & string)[]
  /** Whether a URL of this kind bears a secret: it is then kept encrypted and shown cut. */
  readonly secretUrl?: boolean
  /** One request may carry so many events: webhooks may `throttle`. Default: one event a request. */
  readonly batch?: {
    readonly most: number
    /** The `throttle` of webhooks that say nothing else, in milliseconds. Default: none. */
    readonly throttleMs?: number
    /** Why settings of the format rule batches out; undefined where they do not. */
    unless?(config: z.output<Config>): string | undefined
  }
  /** The `discardAfter` of webhooks that say nothing else, in milliseconds. Default: none. */
  readonly discardAfterMs?: number
  /**
   * Whether the receiver keeps alerts open until they are resolved: a webhook then hears of the end of
   * what it was alerted to without asking. Default false.
   */
  readonly resolves?: boolean
  /** The receiver forgets an alert it is not told of again: after so many milliseconds it is. Default: never. */
  readonly remindEveryMs?: number
  /** Whether a URL is plainly one of this service. */
  suggests?(url: URL): boolean
  /** Why events of a type cannot be said in this format; undefined where they can. Asked when a webhook is set up. */
  expresses?(
    event: { readonly type: string; readonly severity: Severity; readonly tier: Tier },
    config: z.output<Config>,
  ): string | undefined
  /** Why a signing secret of the user's own cannot be used; undefined where it can. */
  refusesSecret?(secret: string): string | undefined
  /** The body: the same events give the same bytes. More than one event only where `batch` says so. */
  render(events: FormatEvents, context: FormatContext<z.output<Config>>): FormatPayload
  /** Where the request goes. Default: the webhook's own URL, which is `url`. */
  target?(url: string, events: FormatEvents, context: FormatContext<z.output<Config>>): string
  /** Who sends. A webhook's own `httpAuth` comes first. */
  authorization?(config: z.output<Config>): FormatAuthorization | undefined
  /** What consent is asked before anything is sent. Default: none. */
  consent?(context: FormatContext<z.output<Config>>): FormatConsent | undefined
  /** Headers of one attempt: signatures, timestamps. They outrank those of the payload. */
  headers?(
    attempt: FormatAttempt<z.output<Config>>,
  ): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** What an answer means; undefined leaves it at the usual: any 2xx is a success, 410 is gone, all else is tried again. */
  judge?(answer: FormatAnswer): FormatVerdict | undefined
}

/**
 * Declares a format. Returns its argument, typed.
 *
 * ```ts
 * export default defineFormat({
 *   name: 'pager',
 *   title: 'Pager',
 *   summary: 'Pages of pager.example.com.',
 *   config: z.strictObject({
 *     key: z.string().length(32).describe('Integration key.'),
 *     team: z.string().max(50).default('ops').describe('Who is paged.'),
 *   }),
 *   secrets: ['key'],
 *   resolves: true,
 *   suggests: ({ hostname }) => hostname === 'pager.example.com',
 *   render: ([event], { config }) => ({
 *     body: JSON.stringify({
 *       key: config.key,
 *       team: config.team,
 *       alert: event.alert.key,
 *       state: event.alert.state,
 *       text: cut(event.message, 200),
 *     }),
 *   }),
 *   judge: ({ status, body }) =>
 *     status === 200 && body !== 'ok' ? { verdict: 'retry', reason: `it says ${body}` } : undefined,
 * })
 * ```
 */
export function defineFormat<Config extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  format: Format<Config>,
): Format<Config> {
  return format
}
