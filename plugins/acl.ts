import { defineEvent, definePlugin, type Reply, ValkeyError } from 'tocsin/plugin'
import { z } from 'zod'

/** How often the log is read although no counter moved. */
const checkMs = 180_000
/** The log's default length; ACL LOG alone gives ten. */
const mostEntries = 128
/** Of a name or key somebody tried, who may have sent megabytes. */
const mostCharacters = 256

const username = z.string().describe('The user; after a failed login, the name that was tried.')
const clientInfo = z.string().describe('Address and port of the client.')
const seen = {
  count: z.int().min(1).describe('Times it happened since the look before.'),
  timestamp: z.int().min(0).optional().describe('When it last happened, epoch milliseconds.'),
  context: z.string().optional().describe('Where: `toplevel`, `multi`, `lua`, `module`.'),
}

const auditPolicyViolation = defineEvent({
  type: 'audit.policy.violation',
  tier: 'enterprise',
  severity: 'warning',
  summary: 'A user went against the access policy; once for each user, reason and command.',
  data: z.object({
    username,
    clientInfo,
    violationType: z.string().min(1).describe('`command`, `key`, `channel`, `database`, or newer.'),
    violatedCommand: z.string().optional().describe('The command, upper case, where it is known.'),
    ...seen,
    violatedKey: z.string().optional().describe('The key or channel that was denied.'),
  }),
  example: {
    username: 'readonly_user',
    clientInfo: '10.0.1.50:43210',
    violationType: 'command',
    violatedCommand: 'SET',
    count: 3,
    message: 'ACL command violation by readonly_user@10.0.1.50:43210 (count: 3)',
    timestamp: 1706457600000,
  },
  message: ({ violationType, username, clientInfo, count }) =>
    `ACL ${violationType} violation by ${username}@${clientInfo} (count: ${count})`,
})

const aclViolation = defineEvent({
  type: 'acl.violation',
  tier: 'enterprise',
  severity: 'warning',
  summary: 'The server denied a login, a command, a key or a channel.',
  data: z.object({
    username,
    command: z.string().describe('The command that was attempted, upper case.'),
    reason: z
      .string()
      .min(1)
      .describe('`auth`, `command`, `key`, `channel`, `database`, or newer.'),
    timestamp: seen.timestamp,
    key: z.string().optional().describe('The key or channel that was denied.'),
    clientInfo: clientInfo.optional(),
    count: seen.count.optional(),
    context: seen.context,
  }),
  example: {
    username: 'app_user',
    command: 'FLUSHALL',
    reason: 'command',
    message: 'ACL access denied: app_user attempted FLUSHALL',
    timestamp: 1706457600000,
  },
  message: ({ username, command }) => `ACL access denied: ${username} attempted ${command}`,
})

const state = z.object({
  runId: z.string(),
  denied: z.string(),
  checkedAt: z.int(),
  /** When the log was read, and how often each entry had happened; absent while it is denied. */
  log: z.object({ at: z.number(), times: z.record(z.string(), z.number()) }).optional(),
})
type Log = NonNullable<z.infer<typeof state>['log']>

/** Reads the ACL log only when something was denied, and every few minutes. */
export default definePlugin({
  name: 'acl',
  events: [auditPolicyViolation, aclViolation],
  requires: { commands: ['info', 'acl|log', 'client|info'] },
  config: z.object({
    ignoredCommands: z
      .array(z.string())
      .default(['CLIENT SETINFO', 'CLIENT SETNAME', 'COMMAND', 'COMMAND DOCS', 'HELLO'])
      .describe('Denied commands that are no violation: what client libraries try first.'),
  }),
  state,
  async poll({ valkey, now, state: remembered, config, emit }) {
    const info = await permitted(valkey.info())
    if (info === undefined) return undefined
    const runId = info.text('run_id') ?? ''
    const last = remembered?.runId === runId ? remembered : undefined
    const denied = ['acl_access_denied_', 'errorstat_NOPERM', 'errorstat_WRONGPASS']
      .flatMap((prefix) => info.startingWith(prefix).map(([, count]) => count))
      .join()
    // Servers before 6.2 count nothing of the kind.
    const uncounted = denied === '' && info.number('total_error_replies') === undefined
    const due = last === undefined || now - last.checkedAt >= checkMs
    // Where the log is denied only the slow check asks again: each attempt lands in it.
    if (!due && !(last.log && (uncounted || denied !== last.denied))) return { ...last, denied }

    const [reply, self] = await Promise.all([
      permitted(valkey.call('ACL', 'LOG', mostEntries)),
      permitted(valkey.call('CLIENT', 'INFO')),
    ])
    const next = { runId, denied, checkedAt: due ? now : last.checkedAt }
    if (reply === undefined) return next
    const entries = readLog(reply, now)
    const [addr, user] = ['addr', 'user'].map((name) => clientField(`${self}`, name))
    // As `default` are others too, not only our own monitoring.
    const isOwn = ({ clientInfo, username }: Entry) =>
      clientInfo === addr || (username === user && user !== 'default')
    const isNoise = ({ reason, command }: Entry) =>
      reason === 'command' && config.ignoredCommands.includes(command)
    const violations = (last?.log ? grown(entries, last.log) : []).filter(
      (entry) => entry.reason === 'auth' || !(isOwn(entry) || isNoise(entry)),
    )
    for (const violation of violations) emit(aclViolation, violation)
    for (const { reason, command, key, ...group } of aggregated(violations)) {
      const violated = { violationType: reason, violatedCommand: command, violatedKey: key }
      emit(auditPolicyViolation, { ...group, ...violated })
    }
    return { ...next, log: { at: now, times: totals(entries) } }
  },
})

/** The log, newest first. */
function readLog(reply: Reply, now: number) {
  const rows = Array.isArray(reply) ? reply.filter(Array.isArray) : []
  return rows.map((row) => {
    // In RESP2 an entry is a list of names and values in turn.
    const pairs = row.map((name, at) => [String(name), String(row[at + 1])] as const)
    const fields = new Map(pairs.filter((_, at) => at % 2 === 0))
    const text = (name: string) => (fields.get(name) ?? '').slice(0, mostCharacters)
    const client = (name: string) => clientField(fields.get('client-info') ?? '', name)
    const [reason, object] = [text('reason'), text('object')]
    const [username, context] = [text('username'), text('context')]
    const attempted = /command|auth/.test(reason) ? object : (client('cmd') ?? '')
    return {
      /** The server's own (since 7.2), else made of what the entry says. */
      id: fields.get('entry-id') ?? [reason, context, object, username].join(' '),
      username,
      clientInfo: client('addr') ?? '(unknown)',
      command: attempted.replace('|', ' ').toUpperCase(),
      reason,
      key: reason === 'key' || reason === 'channel' ? object : undefined,
      context,
      count: Number(fields.get('count') ?? 1),
      timestamp: Math.round(now - Number(fields.get('age-seconds') ?? 0) * 1000),
    }
  })
}
type Entry = ReturnType<typeof readLog>[number]

/** A field of a line of CLIENT LIST. */
const clientField = (line: string, name: string) =>
  new RegExp(`(?:^| )${name}=(\\S+)`).exec(line)?.[1]

function totals(entries: readonly Entry[]): Log['times'] {
  const times: Log['times'] = {}
  for (const { id, count } of entries) times[id] = (times[id] ?? 0) + count
  return times
}

/** What is new since the log was read, oldest first. */
function grown(entries: readonly Entry[], before: Log): Entry[] {
  const times = totals(entries)
  const newest = new Map([...entries].reverse().map((entry) => [entry.id, entry]))
  return [...newest.values()].flatMap((entry) => {
    const growth = (times[entry.id] ?? 0) - (before.times[entry.id] ?? 0)
    // Without the server's ids ACL LOG RESET shows only in this: no more than before, yet younger.
    const young = entries.filter((it) => it.id.includes(' ') && it.timestamp > before.at + 1500)
    const count = growth > 0 ? growth : (totals(young)[entry.id] ?? 0)
    return count > 0 ? [{ ...entry, count }] : []
  })
}

/** One of each user, reason and command, with the client and key of the last. */
function aggregated(entries: readonly Entry[]): Entry[] {
  const groups = new Map<string, Entry>()
  for (const entry of entries.filter(({ reason }) => reason !== 'auth')) {
    const group = [entry.username, entry.reason, entry.command].join(' ')
    groups.set(group, { ...entry, count: entry.count + (groups.get(group)?.count ?? 0) })
  }
  return [...groups.values()]
}

/** The answer, or undefined where this server will not give it to us. */
const permitted = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof ValkeyError && /^(denied|unsupported)$/.test(error.fault)) return undefined
    throw error
  })
