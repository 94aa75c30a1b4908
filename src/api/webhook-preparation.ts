import type { Format } from '../plugin/format.ts'
import { bearsSecret } from '../rules/headers.ts'
import type { HttpAuthInput } from '../rules/http-auth.ts'
import { redactSecret } from '../rules/secret.ts'
import { bearsUrlSecret, concealUrl, looksConcealed } from '../rules/url-secret.ts'
import { headerSecret, type WebhookSecrets, type WebhookSettings } from '../rules/webhook.ts'
import type { Webhook } from '../store/webhooks.ts'
import { pointerTo } from './faults.ts'
import { prepareConfig } from './format-config.ts'
import { formatFaults, throttleFor } from './format-fit.ts'
import { type Fault, invalid } from './problem.ts'
import { createSecretIntake, type SecretIntake } from './secret-intake.ts'
import type { Service } from './service.ts'

/** Settings with secrets among them, as they were sent. Undefined: not given; null: taken away. */
export interface SentSettings
  extends Omit<WebhookSettings, 'formatConfig' | 'httpAuth' | 'throttle'> {
  readonly formatConfig?: Readonly<Record<string, unknown>> | null | undefined
  readonly httpAuth?: HttpAuthInput | null | undefined
  readonly throttle?: number | null | undefined
}

/** Settings with their secrets apart, fit to be stored. */
export interface PreparedWebhook {
  readonly settings: WebhookSettings
  /** For the store. */
  readonly sealed: WebhookSecrets
  /** The same, open: for a request that is sent at once. */
  readonly values: WebhookSecrets
}

/**
 * Takes the secrets out of what was sent and holds the rest against the format. What was not given, or
 * is the redacted form of what is stored, stays as it is `before`.
 */
export async function prepareWebhook(
  service: Service,
  sent: SentSettings,
  before?: Webhook,
): Promise<PreparedWebhook> {
  const { formats, store } = service
  const format = formats.find(sent.format) ?? formats.all[0]
  const faults: Fault[] = []
  const intake = createSecretIntake(store.vault, before?.sealed ?? {}, faults)
  const url = await prepareUrl(sent.url, format, service, intake, before)
  const headers = await prepareHeaders(sent.headers, intake)
  const httpAuth = await prepareAuth(sent.httpAuth, intake, before)
  const given = sent.formatConfig ?? undefined
  const kept = sent.formatConfig === undefined && before?.format === format.name
  const formatConfig = await prepareConfig(format, kept ? before : undefined, given, intake)
  const throttle = throttleFor(format, formatConfig, sent.throttle, before)
  if (typeof throttle === 'object') faults.push(throttle)
  const settings: WebhookSettings = {
    ...sent,
    url,
    headers,
    httpAuth,
    formatConfig,
    throttle: typeof throttle === 'number' ? throttle : undefined,
    discardAfter: sent.discardAfter ?? (before ? undefined : format.discardAfterMs),
  }
  faults.push(...formatFaults(service, format, settings))
  if (faults.length > 0) throw invalid(faults)
  return { settings, sealed: intake.sealed, values: intake.values }
}

async function prepareUrl(
  url: string,
  format: Format,
  { formats }: Service,
  intake: SecretIntake,
  before: Webhook | undefined,
): Promise<string> {
  if (before !== undefined && url === before.url) {
    await intake.keep('url')
    // Once secret it stays so until another is given.
    if (before.sealed.url !== undefined) return url
  }
  if (looksConcealed(url)) {
    intake.fault('/url', 'It ends in ***, as a concealed URL does; send the whole URL')
    return url
  }
  const isSecret =
    format.secretUrl === true || formats.suggest(url)?.secretUrl === true || bearsUrlSecret(url)
  if (!isSecret) return url
  await intake.take('url', url, '/url')
  return concealUrl(url)
}

/** Headers that bear secrets are stored redacted, the secrets apart. */
async function prepareHeaders(
  sent: WebhookSettings['headers'],
  intake: SecretIntake,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(sent)) {
    const secret = bearsSecret(name)
      ? await intake.take(headerSecret(name), value, pointerTo(['headers', name]))
      : undefined
    headers[name] = secret === undefined ? value : redactSecret(secret)
  }
  return headers
}

async function prepareAuth(
  sent: HttpAuthInput | null | undefined,
  intake: SecretIntake,
  before: Webhook | undefined,
): Promise<WebhookSettings['httpAuth']> {
  if (sent === null) return undefined
  if (sent === undefined) {
    await intake.keep('httpAuth')
    return before?.httpAuth
  }
  if (sent.type === 'Bearer') {
    await intake.take('httpAuth', sent.token, '/httpAuth/token')
    return { type: 'Bearer' }
  }
  await intake.take('httpAuth', sent.password, '/httpAuth/password')
  return { type: 'Basic', username: sent.username }
}
