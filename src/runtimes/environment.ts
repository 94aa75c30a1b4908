import { type Tier, tiers } from '../plugin/event.ts'
import { AddressError, parseAddress } from '../rules/address.ts'
import { defaultRateLimits, parseRateLimits, type RateLimits } from '../rules/rate-limit.ts'
import type { Sender } from '../rules/sender.ts'
import { parseCidrs } from '../rules/target.ts'
import { readAllowedSecrets } from './allowed-secrets.ts'
import { type EncryptionKeys, readKeys } from './encryption-keys.ts'
import { readSender } from './sender.ts'
import { readTracing, type TracingSettings } from './tracing.ts'

/** Where the data is kept. */
export type DatabaseSetting =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'memory' }

/** An instance the environment lists. */
interface ListedInstance {
  readonly name: string
  readonly url: string
  readonly host: string
  readonly port: number
}

/** The environment, read and checked. */
export interface Settings extends EncryptionKeys {
  readonly port: number
  readonly host: string
  readonly database: DatabaseSetting
  readonly instances: readonly ListedInstance[]
  readonly pollIntervalMs: number
  readonly instanceTimeoutMs: number
  readonly token?: string | undefined
  readonly tier: Tier
  readonly licence?: { readonly text: string; readonly publicKey: string } | undefined
  readonly allowTargets: readonly string[]
  /** What webhooks may name as secrets, of variables and files; undefined: all but our own. */
  readonly allowSecrets: readonly string[] | undefined
  readonly production: boolean
  readonly sender: Sender
  readonly retentionDays: number
  /** Undefined: none. */
  readonly rateLimits: RateLimits | undefined
  /** Undefined: nobody is told. */
  readonly tracing?: TracingSettings | undefined
  readonly logLevel: LogLevel
  readonly logFormat?: 'pretty' | 'json' | undefined
}

export const logLevels = ['debug', 'info', 'warning', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables that may instead name a file, as `NAME_FILE`: they hold secrets. */
export const secretVariables = [
  'DATABASE_URL',
  'VALKEY_URL',
  'TOCSIN_TOKEN',
  'TOCSIN_LICENSE',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
] as const

/** One line about one variable. Values of secrets are never repeated. */
export interface Fault {
  readonly variable: string
  readonly problem: string
  readonly example: string
}

/** The settings, or every fault at once. */
export type ReadSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** Reads the environment (CONTRACT, "Environment"). An empty variable counts as absent. */
export function readSettings(environment: Environment): ReadSettings {
  const faults: Fault[] = []
  const fault = (variable: string, problem: string, example: string) =>
    faults.push({ variable, problem, example: `${variable}=${example}` })
  const text = (name: string) => environment[name]?.trim() || undefined

  function whole(name: string, fallback: number, least: number, most: number): number {
    const value = text(name)
    if (value === undefined) return fallback
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    fault(name, `"${value}" is not a whole number from ${least} to ${most}`, String(fallback))
    return fallback
  }
  function oneOf<Choice extends string>(
    name: string,
    choices: readonly Choice[],
  ): Choice | undefined {
    const value = text(name)
    const choice = choices.find((one) => one === value)
    if (value !== undefined && choice === undefined)
      fault(name, `"${value}" is none of ${choices.join(', ')}`, choices[0] ?? '')
    return choice
  }

  const production = text('NODE_ENV') === 'production'
  const token = text('TOCSIN_TOKEN')
  const example = 'a-long-random-string'
  if (production && token === undefined) fault('TOCSIN_TOKEN', 'is required in production', example)

  const settings: Settings = {
    port: whole('PORT', 3001, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    database: readDatabase(text('DATABASE_URL'), fault),
    instances: readInstances(text('VALKEY_URL'), fault),
    pollIntervalMs: whole('POLL_INTERVAL_MS', 5000, 100, 86_400_000),
    instanceTimeoutMs: whole('INSTANCE_TIMEOUT_MS', 3000, 100, 60_000),
    token,
    tier: oneOf('TOCSIN_TIER', tiers) ?? 'community',
    licence: readLicenceSetting(text('TOCSIN_LICENSE'), text('TOCSIN_LICENSE_PUBLIC_KEY'), fault),
    ...readKeys(text, production, fault),
    allowTargets: readCidrs(text('ALLOW_TARGETS'), fault),
    allowSecrets: readAllowedSecrets(text('ALLOW_SECRETS'), production, fault),
    production,
    sender: readSender(text, fault),
    retentionDays: whole('RETENTION_DAYS', 30, 1, 36_500),
    rateLimits: readRateLimits(text('RATE_LIMITS'), fault),
    tracing: readTracing(text, fault),
    logLevel: oneOf('LOG_LEVEL', logLevels) ?? 'info',
    logFormat: oneOf('LOG_FORMAT', ['pretty', 'json'] as const),
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, settings }
}

type ReportFault = (variable: string, problem: string, example: string) => void

function readDatabase(value: string | undefined, fault: ReportFault): DatabaseSetting {
  if (value === undefined) return { kind: 'directory', path: '.tocsin' }
  if (/^postgres(ql)?:\/\//.test(value)) {
    if (!URL.canParse(value))
      fault('DATABASE_URL', 'is not a valid URL', 'postgres://user:password@host:5432/tocsin')
    return { kind: 'postgres', url: value }
  }
  if (value === 'memory://') return { kind: 'memory' }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    fault(
      'DATABASE_URL',
      'is neither postgres://, memory:// nor a directory',
      'postgres://user:password@host:5432/tocsin',
    )
  }
  return { kind: 'directory', path: value }
}

function readInstances(value: string | undefined, fault: ReportFault): ListedInstance[] {
  return (value?.split(',') ?? []).flatMap((one, index) => {
    const url = one.trim()
    if (url === '') return []
    try {
      const { host, port, name } = parseAddress(url)
      return [{ url, host, port, name: name ?? `${host}:${port}` }]
    } catch (error) {
      if (!(error instanceof AddressError)) throw error
      const example = 'redis://user:password@localhost:6379?name=cache'
      fault('VALKEY_URL', `URL ${index + 1}: ${error.message}`, example)
      return []
    }
  })
}

function readLicenceSetting(
  licence: string | undefined,
  publicKey: string | undefined,
  fault: ReportFault,
): Settings['licence'] {
  if (licence === undefined) return undefined
  if (publicKey !== undefined) return { text: licence, publicKey }
  const example = 'MCowBQYDK2VwAyEA...'
  fault('TOCSIN_LICENSE_PUBLIC_KEY', 'is required to check TOCSIN_LICENSE', example)
  return undefined
}

function readCidrs(value: string | undefined, fault: ReportFault): readonly string[] {
  const parsed = parseCidrs(value ?? '')
  if (parsed.ok) return parsed.cidrs
  fault('ALLOW_TARGETS', parsed.reason, '10.0.0.0/8,192.168.1.5/32')
  return []
}

function readRateLimits(value: string | undefined, fault: ReportFault): RateLimits | undefined {
  const parsed = parseRateLimits(value ?? '')
  if (parsed.ok) return parsed.limits
  fault('RATE_LIMITS', parsed.reason, 'create=25,test=10,retry=20')
  return defaultRateLimits
}
