import { checkHost, type TargetPolicy } from '../../rules/target.ts'
import {
  type Environment,
  type Fault,
  type ReadSettings,
  readSettings,
  type Settings,
  secretVariables,
} from '../environment.ts'
import type { Bindings } from './bindings.ts'

/** A cron trigger fires once a minute at most. */
export const minuteMs = 60_000

/** The variables and secrets among the bindings. */
export function environmentOf(bindings: Bindings): Environment {
  return Object.fromEntries(
    Object.entries(bindings).filter((entry): entry is [string, string] => {
      return typeof entry[1] === 'string'
    }),
  )
}

/** Where a Worker may send: the runtime lets it reach nothing private, nor trust what is not. */
export function policyOf({ production }: Pick<Settings, 'production'>): TargetPolicy {
  return {
    production,
    allow: [],
    publicOnly: 'since a Cloudflare Worker reaches nothing private',
    validCertsOnly:
      'Cloudflare Workers check every certificate: use a valid one, or run Tocsin on a server',
  }
}

/** Reads variables, secrets and bindings; what a Worker cannot do is a fault that says so. */
export function readWorkerSettings(bindings: Bindings): ReadSettings {
  const environment = environmentOf(bindings)
  const read = readSettings({
    // Between two minutes nobody is there to look, unless asked to.
    POLL_INTERVAL_MS: String(minuteMs),
    ...environment,
    DATABASE_URL: bindings.HYPERDRIVE?.connectionString,
  })
  const faults = [
    ...(read.ok ? instanceFaults(read.settings) : read.faults),
    ...environmentFaults(environment),
    ...bindingFaults(bindings, read),
  ]
  return faults.length > 0 ? { ok: false, faults } : read
}

function environmentFaults(environment: Environment): Fault[] {
  const files = secretVariables.flatMap((name) =>
    environment[`${name}_FILE`]?.trim()
      ? [
          {
            variable: `${name}_FILE`,
            problem: `is not possible on Workers, which have no files: wrangler secret put ${name}`,
            example: `${name}=...`,
          },
        ]
      : [],
  )
  if (!environment.ALLOW_TARGETS?.trim()) return files
  const problem = 'is not possible on Workers, which reach nothing private: remove it'
  return [...files, { variable: 'ALLOW_TARGETS', problem, example: 'ALLOW_TARGETS=' }]
}

function bindingFaults(bindings: Bindings, read: ReadSettings): Fault[] {
  const missing = (variable: string, table: string, what: string): Fault => ({
    variable,
    problem: `is not bound: add ${what} to wrangler.toml`,
    example: `[[${table}]] binding = "${variable}"`,
  })
  const often = read.ok && read.settings.pollIntervalMs < minuteMs
  return [
    ...(bindings.HYPERDRIVE ? [] : [missing('HYPERDRIVE', 'hyperdrive', 'the database')]),
    ...(bindings.WORK ? [] : [missing('WORK', 'queues.producers', 'the queue')]),
    ...(bindings.POLLER || !often
      ? []
      : [missing('POLLER', 'durable_objects.bindings', 'what polls more than once a minute')]),
  ]
}

function instanceFaults(settings: Settings): Fault[] {
  const policy = policyOf(settings)
  return settings.instances.flatMap(({ host, port }) => {
    const verdict = checkHost(host, policy)
    if (verdict.ok) return []
    const problem = `${host}:${port} cannot be watched: ${verdict.reason}`
    return [{ variable: 'VALKEY_URL', problem, example: 'rediss://user:password@db.example.com' }]
  })
}
