import type { ReadReference } from '../../rules/vault.ts'
import { type Environment, secretVariables } from '../environment.ts'

/** Finds the secrets that webhooks name among the Worker's own variables and secrets. */
export function createSecretReader(environment: Environment): ReadReference {
  return async (reference) => {
    if ('file' in reference)
      throw new Error(
        'A Worker has no files: keep it with `wrangler secret put NAME`, and send {"env": "NAME"}',
      )
    const { env } = reference
    if (secretVariables.some((name) => name === env))
      throw new Error(`${env} is a secret of Tocsin itself; name another.`)
    const value = environment[env]?.trim()
    if (!value) throw new Error(`The variable ${env} is not set: wrangler secret put ${env}`)
    return value
  }
}
