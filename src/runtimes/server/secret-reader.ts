import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ReadReference } from '../../rules/vault.ts'
import { type Environment, secretVariables } from '../environment.ts'

/** What nobody who may set up webhooks gets to read: the service's own secrets. */
const own: ReadonlySet<string> = new Set(secretVariables.flatMap((name) => [name, `${name}_FILE`]))
/** Not files: what they hold changes while it is read, or never ends. */
const systemFile = /^\/(proc|sys|dev)(\/|$)/
const mostBytes = 4096

/** Finds the secrets that webhooks name, in the environment or in files, as far as that is `allowed`. */
export function createSecretReader(
  environment: Environment,
  allowed?: readonly string[],
): ReadReference {
  const ownFiles = new Set(
    secretVariables.flatMap((name) => {
      const file = environment[`${name}_FILE`]?.trim()
      return file ? [resolve(file)] : []
    }),
  )

  function requireAllowed(name: string, isMeant: (one: string) => boolean): void {
    if (allowed !== undefined && !allowed.some(isMeant))
      throw new Error(
        `Webhooks may not use ${name}: the operator has not named it in ALLOW_SECRETS.`,
      )
  }

  return async (reference) => {
    if ('env' in reference) {
      const { env } = reference
      if (own.has(env)) throw new Error(`${env} is a secret of Tocsin itself; name another.`)
      requireAllowed(env, (one) =>
        one.endsWith('*') ? env.startsWith(one.slice(0, -1)) : env === one,
      )
      const value = environment[env]?.trim()
      if (!value) throw new Error(`The environment variable ${env} is not set.`)
      return value
    }
    const file = resolve(reference.file)
    if (ownFiles.has(file) || systemFile.test(file))
      throw new Error(`${file} is not for webhooks; name another file.`)
    requireAllowed(file, (one) => (one.endsWith('/') ? file.startsWith(one) : file === one))
    const fault = (reason: string) => new Error(`The secret in ${file} cannot be read: ${reason}.`)
    const facts = await stat(file).catch(() => undefined)
    if (!facts?.isFile()) throw fault('there is no such file')
    if (facts.size > mostBytes) throw fault(`it is larger than ${mostBytes} bytes`)
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text.trim() === '') throw fault('it is empty, or this process may not read it')
    return text.trim()
  }
}
