import { z } from 'zod'
import { clientField } from './clients.ts'
import { type Info, permitted, type Reply, type Valkey } from './valkey.ts'

/** How often the log is read although no counter moved. */
const checkMs = 180_000
/** The log's default length; ACL LOG alone gives ten. */
const mostEntries = 128
/** Between INFO, which tells the time, and the log. */
const slackMs = 250
/** Of a name or key somebody tried, who may have sent megabytes. */
const mostCharacters = 256

const counts = z.object({ auth: z.number(), policy: z.number() })
type Counts = z.infer<typeof counts>

/** How far the ACL log has been read. */
export const aclLogState = z.object({
  runId: z.string(),
  /** Failed logins, and everything else that was denied, as INFO counts them. */
  counted: counts,
  /** Denials that the log showed before they were counted. */
  credit: counts,
  checkedAt: z.int(),
  /** When the log was read, by the server's clock, and how often each entry had happened; absent while we may not. */
  log: z.object({ at: z.number(), times: z.record(z.string(), z.number()) }).optional(),
})
export type AclLogState = z.infer<typeof aclLogState>

/** One entry of the ACL log, or how much it grew. */
export interface Denial {
  /** The server's own (since 7.2), else made of what the entry says, with spaces. */
  readonly id: string
  /** `auth`, `command`, `key`, `channel`, `database`, or newer. */
  readonly reason: string
  readonly context: string
  readonly object: string
  /** The user; after a failed login the name that was tried. */
  readonly username: string
  /** Address and port of the client, `(unknown)` where the entry has none. */
  readonly address: string
  /** The command that client was running. */
  readonly running: string
  readonly count: number
  /** Epoch milliseconds, by our clock. */
  readonly timestamp: number
  /** The same by the server's clock, where it tells (since 6.2): ours may have been set meanwhile. */
  readonly bornAt: number
}

/** What was denied between two looks. */
export interface Denials {
  /** By entry, oldest first; `count` is by how much it grew. */
  readonly fresh: readonly Denial[]
  /** What was counted and is not, or no longer, in the log. */
  readonly lost: Counts
  readonly state: AclLogState
}

/**
 * Reads the ACL log where a counter of denials moved, and every few minutes. The log merges what
 * repeats within a minute, keeps its newest 128 entries and may be reset by anybody: so what is new
 * is by how much entries grew, and what the server counted beyond that is lost. Nothing is
 * reported of the time before the first look, nor of the gap when the server restarted.
 */
export async function readAclLog(
  valkey: Valkey,
  remembered: AclLogState | undefined,
  now: number,
): Promise<Denials> {
  const info = await valkey.info()
  const runId = info.text('run_id') ?? ''
  const last = remembered?.runId === runId ? remembered : undefined
  const told = deniedSoFar(info)
  const counted = { auth: told?.auth ?? 0, policy: told?.policy ?? 0 }
  const due = last === undefined || now - last.checkedAt >= checkMs
  const moved =
    told === undefined ||
    counted.auth !== last?.counted.auth ||
    counted.policy !== last.counted.policy
  const nothing = { fresh: [], lost: { auth: 0, policy: 0 } }
  if (last && !due && !moved) return { ...nothing, state: last }

  const reply = await permitted(valkey.call('ACL', 'LOG', mostEntries))
  const micros = info.number('server_time_usec')
  const clock = micros === undefined ? now : micros / 1000
  const entries = entriesOf(reply, now, clock)
  const fresh = last?.log ? grown(entries, last.log) : []
  const balance = (kind: keyof Counts) => {
    const before = last?.counted[kind] ?? Number.POSITIVE_INFINITY
    if (told === undefined || last === undefined || counted[kind] < before) return 0
    const shown = fresh.filter(({ reason }) => (reason === 'auth') === (kind === 'auth'))
    return counted[kind] - before - last.credit[kind] - sum(shown)
  }
  const auth = balance('auth')
  // Error codes count what a script was denied as well as the script.
  const policy = info.text('acl_access_denied_auth') === undefined ? 0 : balance('policy')
  return {
    fresh,
    // Where the log may not be read, our own attempts to are among what was denied.
    lost: { auth: Math.max(0, auth), policy: reply && last?.log ? Math.max(0, policy) : 0 },
    state: {
      runId,
      counted,
      credit: { auth: Math.max(0, -auth), policy: Math.max(0, -policy) },
      checkedAt: due ? now : last.checkedAt,
      ...(reply !== undefined && { log: { at: clock, times: totals(entries) } }),
    },
  }
}

/** Counters of their own since 7.2, error codes since 6.2, before that nothing. */
function deniedSoFar(info: Info): Counts | undefined {
  const exact = info.startingWith('acl_access_denied_')
  if (exact.length > 0) {
    const auth = info.number('acl_access_denied_auth') ?? 0
    return { auth, policy: exact.reduce((all, [, count]) => all + Number(count), -auth) }
  }
  if (info.number('total_error_replies') === undefined) return undefined
  const errors = (code: string) =>
    Number(/\d+/.exec(info.text(`errorstat_${code}`) ?? '')?.[0] ?? 0)
  return { auth: errors('WRONGPASS'), policy: errors('NOPERM') }
}

/** The log, newest first. */
function entriesOf(reply: Reply | undefined, now: number, clock: number): Denial[] {
  const rows = Array.isArray(reply) ? reply.filter(Array.isArray) : []
  return rows.map((row) => {
    // In RESP2 an entry is a list of names and values in turn.
    const pairs = row.map((name, at) => [String(name), String(row[at + 1])] as const)
    const fields = new Map(pairs.filter((_, at) => at % 2 === 0))
    const text = (name: string) => (fields.get(name) ?? '').slice(0, mostCharacters)
    const client = fields.get('client-info') ?? ''
    const age = Number(fields.get('age-seconds') ?? 0) * 1000
    const [reason, context, object, username] = [
      text('reason'),
      text('context'),
      text('object'),
      text('username'),
    ]
    return {
      id: fields.get('entry-id') ?? [reason, context, object, username].join(' '),
      ...{ reason, context, object, username },
      address: clientField(client, 'addr') ?? '(unknown)',
      running: clientField(client, 'cmd') ?? '',
      count: Number(fields.get('count') ?? 1),
      timestamp: Math.round(now - age),
      bornAt: clock - age,
    }
  })
}

const sum = (entries: readonly Denial[]) => entries.reduce((all, { count }) => all + count, 0)

type Times = NonNullable<AclLogState['log']>['times']

function totals(entries: readonly Denial[]): Times {
  const times: Times = {}
  for (const { id, count } of entries) times[id] = (times[id] ?? 0) + count
  return times
}

/** What is new since the log was read, oldest first. */
function grown(entries: readonly Denial[], before: NonNullable<AclLogState['log']>): Denial[] {
  const times = totals(entries)
  // Without the server's ids ACL LOG RESET shows only in this: no more than before, yet younger.
  const young = totals(
    entries.filter(({ id, bornAt }) => id.includes(' ') && bornAt > before.at + slackMs),
  )
  const newest = new Map([...entries].reverse().map((entry) => [entry.id, entry]))
  return [...newest.values()].flatMap((entry) => {
    const growth = (times[entry.id] ?? 0) - (before.times[entry.id] ?? 0)
    const count = growth > 0 ? growth : (young[entry.id] ?? 0)
    return count > 0 ? [{ ...entry, count }] : []
  })
}
