import type { z } from 'zod'
import type { Format } from '../plugin/format.ts'
import type { FormatEvents } from '../plugin/format-event.ts'
import { createEndpoint } from '../rules/endpoint.ts'
import { type FormatRequest, formatRequest } from '../rules/format-request.ts'
import { defaultRetryPolicy } from '../rules/retry.ts'
import { formatSecret } from '../rules/webhook.ts'
import { formatEvent } from './format-event.ts'

/** The webhook and the moment a request is composed for. */
export interface ComposeOptions<Config> {
  /** Its `formatConfig`, secrets included. Default: empty. */
  readonly config?: Config
  /** Default `https://receiver.example.com/hook`. */
  readonly url?: string
  /** The newest first. Default: one. */
  readonly secrets?: readonly string[]
  /** When the attempt is made, epoch milliseconds. Default: a second after the event. */
  readonly timestamp?: number
  readonly accountId?: string
  /** Default `production`. */
  readonly environment?: string
  /** Default `https://tocsin.example.com`; null for none. */
  readonly publicUrl?: string | null
}

/** The whole request a webhook of this format would get about these events, signed. */
export async function composeRequest<Config extends z.ZodObject>(
  format: Format<Config>,
  events: FormatEvents = [formatEvent()],
  options: ComposeOptions<z.input<Config>> = {},
): Promise<FormatRequest> {
  const { url = 'https://receiver.example.com/hook', publicUrl = 'https://tocsin.example.com' } =
    options
  const config: Readonly<Record<string, unknown>> = { ...options.config }
  const isSecret = ([key]: [string, unknown]) => format.secrets?.some((it) => it === key) === true
  const entries = Object.entries(config)
  const erased: Format = format
  const endpoint = await createEndpoint({
    id: '018d4f9c-2f00-7000-8000-000000000000',
    settings: {
      name: 'Ops',
      url,
      enabled: true,
      events: events.map(({ type }) => type),
      eventsPolicy: 'include',
      headers: {},
      retryPolicy: defaultRetryPolicy,
      format: format.name,
      formatConfig: Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
    },
    secrets: {
      signing: options.secrets ?? ['whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='],
      values: Object.fromEntries(
        entries.filter(isSecret).map(([key, value]) => [formatSecret(key), String(value)]),
      ),
    },
    format: erased,
    sender: {
      environment: options.environment ?? 'production',
      ...(options.accountId !== undefined && { accountId: options.accountId }),
      ...(publicUrl !== null && { publicUrl }),
    },
  })
  return formatRequest(endpoint, {
    events,
    payload: erased.render(events, endpoint.context),
    timestamp: options.timestamp ?? events[0].timestamp + 1000,
    attemptId: '018d4f9c-2f00-7000-8000-000000000009',
  })
}
