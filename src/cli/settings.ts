import { readSettings, type Settings } from '../runtimes/environment.ts'
import { readSecretFiles } from '../runtimes/server/secret-files.ts'

/** The environment cannot be used: one line for every fault. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

/** Reads the process's environment. Throws {@link BadEnvironment} with all faults at once. */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const files = readSecretFiles(environment)
  const read = readSettings(files.environment)
  const faults = [...files.faults, ...(read.ok ? [] : read.faults)]
  if (read.ok && faults.length === 0) return read.settings
  throw new BadEnvironment(
    faults
      .map(({ variable, problem, example }) => `${variable} ${problem}. Example: ${example}`)
      .join('\n'),
  )
}
