import { defineEvent, definePlugin, type Info, type Reply, ValkeyError } from 'tocsin/plugin'
import { z } from 'zod'

/** How often the log is read although no counter moved. */
const checkMs = 180_000
/** The log's default length; ACL LOG alone gives ten. */
const mostEntries = 128
/** Of a name somebody tried, who may have sent megabytes. */
const mostCharacters = 256

const clientBlocked = defineEvent({
  type: 'client.blocked',
  tier: 'community',
  severity: 'warning',
  summary: 'A client failed to log in.',
  data: z.object({
    reason: z.literal('auth'),
    username: z.string().describe('The name that was tried; `(unknown)` where only counters tell.'),
    clientInfo: z.string().describe('Address and port of the client that tried last.'),
    count: z.int().min(1).describe('Failed logins since the look before.'),
    timestamp: z.int().min(0).optional().describe('When it last happened, epoch **seconds**.'),
    context: z.string().optional().describe('Where: `toplevel`, `multi`, `lua`, `module`.'),
  }),
  example: {
    reason: 'auth',
    username: 'app_user',
    clientInfo: '192.168.1.100:54321',
    count: 5,
    timestamp: 1706457600,
    message: 'Client blocked: authentication failure by app_user@192.168.1.100:54321 (count: 5)',
  },
  message: ({ username, clientInfo, count }) =>
    `Client blocked: authentication failure by ${username}@${clientInfo} (count: ${count})`,
})

const state = z.object({
  runId: z.string(),
  /** Failed logins, as INFO counts them. */
  failed: z.number(),
  /** Failed logins that the log showed before they were counted. */
  credit: z.number(),
  checkedAt: z.int(),
  /** When the log was read, and how often each entry had happened; absent while it is denied. */
  log: z.object({ at: z.number(), times: z.record(z.string(), z.number()) }).optional(),
})
type Log = NonNullable<z.infer<typeof state>['log']>

/**
 * Reads the ACL log only when failed logins were counted, and every few minutes. The log merges what
 * repeats within a minute, so an event carries how much an entry grew; what has already dropped out
 * of the log is reported as one count of unknown users.
 */
export default definePlugin({
  name: 'logins',
  events: [clientBlocked],
  requires: { commands: ['info', 'acl|log'] },
  state,
  async poll({ valkey, now, state: remembered, emit }) {
    const info = await permitted(valkey.info())
    if (info === undefined) return undefined
    const runId = info.text('run_id') ?? ''
    const last = remembered?.runId === runId ? remembered : undefined
    const counted = failedLogins(info)
    const failed = counted ?? 0
    const due = last === undefined || now - last.checkedAt >= checkMs
    // Where it was denied only the slow check asks again: each attempt lands in the log.
    const moved = counted === undefined || failed !== last?.failed
    const reading = due || (moved && last.log !== undefined)
    const reply = reading ? await permitted(valkey.call('ACL', 'LOG', mostEntries)) : undefined
    const entries = readLog(reply, now)
    const found = last?.log ? grown(entries, last.log) : []
    for (const { timestamp, ...login } of found)
      emit(clientBlocked, { ...login, reason: 'auth', timestamp: Math.floor(timestamp / 1000) })

    const known = last && counted !== undefined && counted >= last.failed
    const balance = known ? counted - last.failed - last.credit - sum(found) : 0
    if (balance > 0)
      emit(clientBlocked, {
        reason: 'auth',
        username: '(unknown)',
        clientInfo: '(unknown)',
        count: balance,
        timestamp: Math.floor(now / 1000),
      })
    const log = reading ? reply && { at: now, times: totals(entries) } : last?.log
    return {
      runId,
      failed,
      credit: Math.max(0, -balance),
      checkedAt: due ? now : last.checkedAt,
      ...(log && { log }),
    }
  },
})

/** A counter of its own since 7.2, an error code since 6.2, before that nothing. */
function failedLogins(info: Info): number | undefined {
  const exact = info.number('acl_access_denied_auth')
  if (exact !== undefined || info.number('total_error_replies') === undefined) return exact
  return Number(/count=(\d+)/.exec(info.text('errorstat_WRONGPASS') ?? '')?.[1] ?? 0)
}

interface Entry {
  /** The server's own (since 7.2), else made of what the entry says. */
  readonly id: string
  readonly username: string
  readonly clientInfo: string
  readonly context: string
  readonly count: number
  readonly timestamp: number
}

/** Failed logins in the log, newest first. */
function readLog(reply: Reply | undefined, now: number): Entry[] {
  const rows = Array.isArray(reply) ? reply.filter(Array.isArray) : []
  return rows.flatMap((row): Entry[] => {
    // In RESP2 an entry is a list of names and values in turn.
    const pairs = row.map((name, at) => [String(name), String(row[at + 1])] as const)
    const fields = new Map(pairs.filter((_, at) => at % 2 === 0))
    const context = fields.get('context') ?? ''
    const username = (fields.get('username') ?? '').slice(0, mostCharacters)
    const id = fields.get('entry-id')
    return fields.get('reason') !== 'auth'
      ? []
      : [
          {
            id: id ?? `${context} ${fields.get('object')} ${username}`,
            username,
            clientInfo: / addr=(\S+)/.exec(fields.get('client-info') ?? '')?.[1] ?? '(unknown)',
            context,
            count: Number(fields.get('count') ?? 1),
            timestamp: Math.round(now - Number(fields.get('age-seconds') ?? 0) * 1000),
          },
        ]
  })
}

const sum = (entries: readonly { readonly count: number }[]) =>
  entries.reduce((all, { count }) => all + count, 0)

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

/** The answer, or undefined where this server will not give it to us. */
const permitted = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof ValkeyError && /^(denied|unsupported)$/.test(error.fault)) return undefined
    throw error
  })
