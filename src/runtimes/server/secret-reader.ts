import { readFile, stat } from 'node:fs/promises'
import type { ReadReference } from '../../rules/vault.ts'
import { type Environment, secretVariables } from '../environment.ts'

/** What nobody who may set up webhooks gets to read: the service's own secrets. */
const own: ReadonlySet<string> = new Set(secretVariables.flatMap((name) => [name, `${name}_FILE`]))
/** Not files: what they hold changes while it is read, or never ends. */
const systemFile = /^\/(proc|sys|dev)(\/|$)/
const mostBytes = 4096

/** Finds the secrets that webhooks name, in the environment or in files. */
export function createSecretReader(environment: Environment): ReadReference {
  const ownFiles = new Set(secretVariables.map((name) => environment[`${name}_FILE`]?.trim()))

  return async (reference) => {
    if ('env' in reference) {
      const { env } = reference
      if (own.has(env)) throw new Error(`${env} is a secret of Tocsin itself; name another.`)
      const value = environment[env]?.trim()
      if (!value) throw new Error(`The environment variable ${env} is not set.`)
      return value
    }
    const { file } = reference
    if (ownFiles.has(file) || systemFile.test(file))
      throw new Error(`${file} is not for webhooks; name another file.`)
    const fault = (reason: string) => new Error(`The secret in ${file} cannot be read: ${reason}.`)
    const facts = await stat(file).catch(() => undefined)
    if (!facts?.isFile()) throw fault('there is no such file')
    if (facts.size > mostBytes) throw fault(`it is larger than ${mostBytes} bytes`)
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text.trim() === '') throw fault('it is empty, or this process may not read it')
    return text.trim()
  }
}
