import type { Vault } from './vault.ts'
import type { OpenedSecrets, WebhookSecrets } from './webhook.ts'

/** A webhook's secrets as they are stored. */
interface SealedSecrets {
  readonly sealedSecret: string
  readonly sealedPreviousSecret: string | null
  readonly previousSecretUntil: Date | null
  readonly sealed: WebhookSecrets
}

/** Opens every secret of a webhook; the previous signing secret only while it is valid. */
export async function openSecrets(
  vault: Vault,
  webhook: SealedSecrets,
  now: number,
): Promise<OpenedSecrets> {
  const { sealedSecret, sealedPreviousSecret, previousSecretUntil, sealed } = webhook
  const signing = [sealedSecret]
  if (sealedPreviousSecret !== null && (previousSecretUntil?.getTime() ?? 0) > now)
    signing.push(sealedPreviousSecret)
  return {
    signing: await Promise.all(signing.map((secret) => vault.open(secret))),
    values: await openValues(vault, sealed),
  }
}

/** Opens the secrets of a webhook beside the signing ones. */
async function openValues(vault: Vault, sealed: WebhookSecrets): Promise<WebhookSecrets> {
  const opened = Object.entries(sealed).map(
    async ([name, stored]) => [name, await vault.open(stored)] as const,
  )
  return Object.fromEntries(await Promise.all(opened))
}
