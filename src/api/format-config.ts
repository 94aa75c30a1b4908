import type { Format } from '../plugin/format.ts'
import { secretReferenceSchema } from '../rules/secret-reference.ts'
import { formatSecret } from '../rules/webhook.ts'
import type { Webhook } from '../store/webhooks.ts'
import { faultsOf } from './faults.ts'
import type { SecretIntake } from './secret-intake.ts'

type Config = Readonly<Record<string, unknown>>

/**
 * The `formatConfig` of a webhook, checked by its format and without its secrets, which are taken in.
 * `before` is the webhook whose settings stay as they are.
 */
export async function prepareConfig(
  format: Format,
  before: Webhook | undefined,
  given: Config | undefined,
  intake: SecretIntake,
): Promise<Config | undefined> {
  const sent = given ?? before?.formatConfig ?? {}
  const pointer = '/formatConfig'
  if (format.config === undefined) {
    if (Object.keys(sent).length > 0)
      intake.fault(pointer, `The format ${format.name} takes no settings; leave formatConfig out`)
    return undefined
  }
  const secrets: Record<string, string> = {}
  const unusable = new Set<string>()
  for (const key of format.secrets ?? []) {
    const name = formatSecret(key)
    const value = sent[key]
    const reference = secretReferenceSchema().safeParse(value)
    const taking =
      given === undefined && before !== undefined
        ? intake.keep(name)
        : typeof value === 'string'
          ? intake.take(name, value, `${pointer}/${key}`)
          : reference.success
            ? intake.take(name, reference.data, `${pointer}/${key}`)
            : undefined
    const secret = await taking
    if (secret !== undefined) secrets[key] = secret
    else if (taking !== undefined && value !== undefined) unusable.add(key)
  }
  const parsed = format.config.safeParse({ ...sent, ...secrets })
  if (parsed.success)
    return Object.fromEntries(
      Object.entries(parsed.data).filter(([key]) => !format.secrets?.includes(key)),
    )
  for (const fault of faultsOf(parsed.error.issues, { formatConfig: sent }, ['formatConfig']))
    if (!unusable.has(fault.pointer.slice(pointer.length + 1)))
      intake.fault(fault.pointer, fault.message)
  return undefined
}
