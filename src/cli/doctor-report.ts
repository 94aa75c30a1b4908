import type { Examination } from '../index.ts'
import type { RunningService } from './doctor-service.ts'

/** One server as the doctor found it. */
export interface Patient extends Examination {
  readonly name: string
  readonly ok: boolean
}

/** Everything the doctor looked at; what was not looked at is absent. */
export interface Diagnosis {
  readonly ok: boolean
  readonly settings?: { readonly ok: boolean; readonly faults: readonly string[] }
  readonly database?: { readonly ok: boolean; readonly detail: string }
  readonly service?: RunningService
  readonly servers: readonly Patient[]
  /** The line that makes a user who may do what the plugins in use need. */
  readonly acl: string
}

/** What to try where a server could not be looked at, by what went wrong. */
const advice: Readonly<Record<string, string>> = {
  dns: 'Check the host name, and that this machine can resolve it.',
  refused: 'Nothing listens there: check the port, `bind`, and that the server runs.',
  unreachable: 'Check the address, routes and firewalls.',
  timeout:
    'Check the address and firewalls; rediss:// only where it speaks TLS. Slow: INSTANCE_TIMEOUT_MS.',
  closed: 'Check that this is Valkey or Redis, and whether it wants TLS (rediss://).',
  tls: 'Check rediss:// or redis://, and the certificate; a private CA: NODE_EXTRA_CA_CERTS=ca.pem.',
  auth: 'Check user and password in the URL, percent-encoded. The line below makes a user.',
  max_clients: 'The server is full: raise maxclients or close connections.',
}

/** The diagnosis for people. */
export function report({ ok, settings, database, service, servers, acl }: Diagnosis): string {
  const mark = (fine: boolean) => (fine ? 'ok   ' : 'WRONG')
  const lines = [
    ...(settings ? [`${mark(settings.ok)}  settings`] : []),
    ...(settings?.faults ?? []).map((fault) => `       ${fault}`),
    ...(database ? [`${mark(database.ok)}  database  ${database.detail}`] : []),
    ...(service ? [`${mark(service.ok)}  service   ${service.detail}`] : []),
    ...(service?.instances ?? []).flatMap(({ name, state, error, fixes }) => [
      `         ${name}: ${state}${error === null ? '' : `, ${error}`}`,
      ...fixes.map((fix) => `           ${fix}`),
    ]),
    ...(service?.webhooks ?? []).map(
      (webhook) => `${mark(webhook.ok)}  webhook   ${webhook.name}: ${webhook.detail}`,
    ),
    ...servers.flatMap((server) => ['', ...serverLines(server)]),
    ...(settings && servers.length === 0 ? ['', 'No server to look at: set VALKEY_URL.'] : []),
    '',
    'A user for monitoring, who may do nothing else (choose a password):',
    `  ${acl}`,
    '',
    ok ? 'Nothing is wrong.' : 'Something is wrong: see above.',
  ]
  return `${lines.join('\n')}\n`
}

function serverLines(server: Patient): string[] {
  const { name, host, port, ok, fault, user, durationMs } = server
  const at = name === `${host}:${port}` ? name : `${name} (${host}:${port})`
  const head = `${ok ? 'ok   ' : 'WRONG'}  ${at}`
  if (fault) {
    const hint = advice[fault.kind]
    return [`${head}  ${fault.message}`, ...(hint === undefined ? [] : [`       ${hint}`])]
  }
  const { server: kind, version, role } = server
  return [
    `${head}  ${kind} ${version}, ${role}, as user ${user}, ${durationMs} ms`,
    '',
    ...table(server).map((line) => `       ${line}`),
    ...section('To be told more, run on the server:', fixesOf(server)),
  ]
}

/** One row an event type: whether it can be seen, and what it lacks. */
function table({ plugins }: Patient): string[] {
  const rows = plugins.flatMap(({ events, missing, error }) =>
    events.map((event): readonly [string, string, string] => {
      const [lost] = missing.filter((one) => one.events.includes(event))
      if (error !== null) return [event, 'failed', error]
      if (lost) return [event, 'no', `${say(lost)} ${lost.without}`]
      const less = missing.filter((one) => one.events.length === 0)
      return [event, 'yes', less.map((one) => `${say(one)} ${one.without}`).join(' ')]
    }),
  )
  const width = Math.max(...rows.map(([event]) => event.length))
  return [['EVENT', 'SEEN', 'WHAT IS MISSING'] as const, ...rows].map(([event, seen, why]) =>
    `${event.padEnd(width)}  ${seen.padEnd(6)}  ${why}`.trimEnd(),
  )
}

const say = ({ name, reason }: { name: string; reason: string }) =>
  `${name} is ${reason === 'unsupported' ? 'not there' : reason}:`

function fixesOf({ plugins, grant }: Patient): string[] {
  const enables = plugins.flatMap(({ missing }) =>
    missing.flatMap(({ reason, fix }) => (reason === 'off' && fix !== undefined ? [fix] : [])),
  )
  return [...(grant === undefined ? [] : [grant]), ...new Set(enables)]
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  return ['', `       ${title}`, ...lines.map((line) => `         ${line}`)]
}
