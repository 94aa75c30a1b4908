import type { Format, FormatAuthorization, FormatContext, Signer } from '../plugin/format.ts'
import { sha256 } from './digest.ts'
import { createMarks, type Marks } from './marks.ts'
import type { Sender } from './sender.ts'
import { createSigner } from './sign.ts'
import type { SigningKeys } from './signing-keys.ts'
import {
  formatSecret,
  headerSecret,
  type OpenedSecrets,
  type WebhookSecrets,
  type WebhookSettings,
} from './webhook.ts'

/** A webhook ready to be sent to: its format set up, its secrets at hand. */
export interface Endpoint {
  readonly settings: WebhookSettings
  readonly format: Format
  readonly context: FormatContext
  /** The whole URL, with the secret in it where there is one. */
  readonly url: string
  readonly authorization: FormatAuthorization | undefined
  readonly signer: Signer
  readonly marks: Marks
  /** Names the format and the settings that make a body what it is. */
  readonly shape: string
}

export interface EndpointOptions {
  readonly id: string
  readonly settings: WebhookSettings
  readonly secrets: OpenedSecrets
  readonly format: Format
  readonly sender: Sender
  /** Default: WebCrypto's. */
  readonly signing?: SigningKeys | undefined
}

/** Sets up a webhook. Throws where its settings do not fit its format any more. */
export async function createEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { id, settings, secrets, format, sender } = options
  const { signing, values } = secrets
  const own = (format.secrets ?? []).flatMap((key) => {
    const value = values[formatSecret(key)]
    return value === undefined ? [] : [[key, value] as const]
  })
  const marks = await createMarks(Object.fromEntries(own), signing[0] ?? id)
  const given = { ...settings.formatConfig, ...Object.fromEntries(own) }
  const config: Record<string, unknown> = { ...(format.config?.parse(given) ?? {}) }
  for (const [key] of own) config[key] = marks.of(key)
  const { httpAuth } = settings
  return {
    settings: { ...settings, headers: headersOf(settings, values) },
    format,
    context: { webhook: { id, name: settings.name }, config, ...sender },
    url: values.url ?? settings.url,
    authorization:
      httpAuth === undefined
        ? format.authorization?.(config)
        : httpAuth.type === 'Basic'
          ? { ...httpAuth, password: values.httpAuth ?? '' }
          : { ...httpAuth, token: values.httpAuth ?? '' },
    signer: createSigner(signing, options.signing),
    marks,
    shape:
      format.config === undefined
        ? format.name
        : `${format.name}:${(await sha256(JSON.stringify(config))).slice(0, 16)}`,
  }
}

/** Its own headers, those that bear secrets in full. */
function headersOf({ headers }: WebhookSettings, values: WebhookSecrets): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, values[headerSecret(name)] ?? value]),
  )
}
