import { builtInFormats } from '../../src/formats/index.ts'
import { createFormats } from '../../src/rules/formats.ts'
import { bearsSecret } from '../../src/rules/headers.ts'

const formats = createFormats(builtInFormats)
/** Shorter ones are found in many a word. */
const leastLength = 8
const secretName = /secret|token|passw|credential|(api|routing|encryption_?)key|^TOCSIN_LICENSE$/i

const used = new Set<string>()
const logs = new Map<string, () => string>()

/** Remembers what looks like a secret in a body, headers or an environment: nothing may show it. */
export function noteSecrets(value: unknown, name = ''): void {
  if (typeof value === 'string') noteText(value, name)
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value))
      noteSecrets(one, Array.isArray(value) ? name : key)
}

function noteText(value: string, name: string): void {
  if (value.includes('***')) return
  if (secretName.test(name) || bearsSecret(name))
    for (const one of value.split(',')) note(one.trim().replace(/^(Bearer|Basic) /, ''))
  for (const one of value.split(','))
    if (URL.canParse(one)) {
      const { password, pathname } = new URL(one)
      note(decodeURIComponent(password))
      if (formats.suggest(one)?.secretUrl) note(pathname.split('/').at(-1) ?? '')
    }
}

function note(secret: string): void {
  if (secret.length >= leastLength) used.add(secret)
}

/** Remembers a log, to be searched when all of it is written. */
export function noteLog(name: string, read: () => string): void {
  logs.set(name, read)
}

/** Those secrets that a text shows. */
export function secretsIn(text: string): string[] {
  return [...used].filter((secret) => text.includes(secret))
}

/** The lines of logs that show a secret. Begins anew: what was noted is forgotten. */
export function searchLogs(): string[] {
  const found = [...logs].flatMap(([name, read]) =>
    read()
      .split('\n')
      .filter((line) => secretsIn(line).length > 0)
      .map((line) => `${name}: ${line}`),
  )
  used.clear()
  logs.clear()
  return found
}
