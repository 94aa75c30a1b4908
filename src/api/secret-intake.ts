import { describeError } from '../rules/describe-error.ts'
import { isRedacted, looksRedacted } from '../rules/secret.ts'
import type { SecretReference, Vault } from '../rules/vault.ts'
import type { WebhookSecrets } from '../rules/webhook.ts'
import { redactedSecret } from '../rules/webhook-schema.ts'
import type { Fault } from './problem.ts'

/** Takes in the secrets of one webhook, one after another. */
export interface SecretIntake {
  /** Takes a secret as it was sent. Answers it open, undefined where it cannot be used. */
  take(name: string, sent: string | SecretReference, pointer: string): Promise<string | undefined>
  /** Keeps what is stored by that name. Answers it open, undefined where there is none. */
  keep(name: string): Promise<string | undefined>
  fault(pointer: string, message: string): void
  readonly sealed: WebhookSecrets
  readonly values: WebhookSecrets
}

/** `stored` is what the webhook has already, `faults` where what is wrong is collected. */
export function createSecretIntake(
  vault: Vault,
  stored: WebhookSecrets,
  faults: Fault[],
): SecretIntake {
  const sealed: Record<string, string> = {}
  const values: Record<string, string> = {}
  const fault = (pointer: string, message: string) => {
    faults.push({ pointer, message })
  }

  async function keep(name: string) {
    const before = stored[name]
    if (before === undefined) return undefined
    sealed[name] = before
    values[name] = await vault.open(before)
    return values[name]
  }

  return {
    sealed,
    values,
    keep,
    fault,
    async take(name, sent, pointer) {
      const before = stored[name]
      if (typeof sent === 'string' && looksRedacted(sent)) {
        if (before !== undefined && isRedacted(sent, await vault.open(before))) return keep(name)
        fault(pointer, redactedSecret)
        return undefined
      }
      const kept = await vault.seal(sent)
      try {
        values[name] = await vault.open(kept)
      } catch (error) {
        fault(pointer, describeError(error))
        return undefined
      }
      sealed[name] = kept
      return values[name]
    },
  }
}
