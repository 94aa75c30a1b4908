import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { describeError } from '../rules/describe-error.ts'
import { type Scheme, schemes } from '../verify.ts'
import { several } from './option-values.ts'

/** Where the secret of a webhook comes from. */
export interface SecretOptions {
  readonly secret?: readonly string[]
  readonly secretFile?: string
}

/** What the help says of secrets. */
export const secretHelp = `
The secret comes from WEBHOOK_SECRET, or the file that WEBHOOK_SECRET_FILE or --secret-file names;
several, while one is rotated, one a line. --secret is for trying out: other users of this machine
can read the arguments of a program.`

/** Adds the options of a command that needs the secret of a webhook; `scheme` is the default. */
export function withSecret(command: Command, scheme?: Scheme): Command {
  const option = new Option('--scheme <scheme>', 'how the webhook signs').choices(schemes)
  return command
    .option('--secret <secret>', 'secret of the webhook; may be repeated', several)
    .option('--secret-file <file>', 'file that holds it')
    .addOption(scheme === undefined ? option : option.default(scheme))
}

/** The secrets given, none where there are none. Throws where a file cannot be read or is empty. */
export function readSecrets(options: SecretOptions, environment: NodeJS.ProcessEnv): string[] {
  if (options.secret !== undefined) return options.secret.flatMap(linesOf)
  if (options.secretFile !== undefined) return readLines(options.secretFile)
  if (environment.WEBHOOK_SECRET?.trim()) return linesOf(environment.WEBHOOK_SECRET)
  const file = environment.WEBHOOK_SECRET_FILE?.trim()
  return file ? readLines(file) : []
}

/** The secrets given. Throws, saying how to give one, where there are none. */
export function requireSecrets(options: SecretOptions, environment: NodeJS.ProcessEnv): string[] {
  const secrets = readSecrets(options, environment)
  if (secrets.length > 0) return secrets
  throw new Error('the secret of the webhook is missing: set WEBHOOK_SECRET, or give --secret-file')
}

function readLines(file: string): string[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`the secret cannot be read: ${describeError(error)}`, { cause: error })
  }
  const lines = linesOf(text)
  if (lines.length === 0) throw new Error(`the secret cannot be read: ${file} is empty`)
  return lines
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
