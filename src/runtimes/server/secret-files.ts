import { readFileSync } from 'node:fs'
import { describeError } from '../../rules/describe-error.ts'
import { type Environment, type Fault, secretVariables } from '../environment.ts'

/** The environment with each `NAME_FILE` of a secret read into `NAME`, and what could not be read. */
export function readSecretFiles(environment: Environment): {
  readonly environment: Environment
  readonly faults: readonly Fault[]
} {
  const read: Record<string, string> = {}
  const faults: Fault[] = []
  for (const name of secretVariables) {
    const variable = `${name}_FILE`
    const path = environment[variable]?.trim()
    if (!path) continue
    const fault = (problem: string) =>
      faults.push({ variable, problem, example: `${variable}=/run/secrets/${name.toLowerCase()}` })
    if (environment[name]?.trim()) {
      fault(`and ${name} are both set: keep one`)
      continue
    }
    try {
      const secret = readFileSync(path, 'utf8').trim()
      if (secret === '') fault('names an empty file')
      else read[name] = secret
    } catch (error) {
      fault(`cannot be read: ${describeError(error)}`)
    }
  }
  return { environment: { ...environment, ...read }, faults }
}
