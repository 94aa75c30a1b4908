import { defineEvent, definePlugin, type Info } from 'tocsin/plugin'
import { z } from 'zod'

/** A primary pings every 10 s by default, so an idle healthy link is silent for up to that long. */
const silentSeconds = 25
/** How long a replica that was behind when it left still counts as lagging. */
const forgetMs = 3_600_000
const mostSamples = 64

const replicationLag = defineEvent({
  type: 'replication.lag',
  tier: 'pro',
  severity: 'error',
  summary: 'A replica is behind its primary.',
  data: z.object({
    lagSeconds: z.number().min(0).describe('How old the data of the replica is, in seconds.'),
    masterLinkStatus: z.enum(['up', 'down']).describe('The link between replica and primary.'),
    timestamp: z.int().min(0).optional().describe('When it was measured, epoch milliseconds.'),
    replica: z
      .string()
      .optional()
      .describe('host:port of the replica, where a primary reports it.'),
    lagBytes: z.int().min(0).optional().describe('Bytes of the replication stream it lacks.'),
    reason: z
      .enum(['behind', 'link_down', 'silent_primary', 'syncing', 'disconnected'])
      .optional()
      .describe('What holds the replica back; absent while nothing does.'),
  }),
  example: {
    lagSeconds: 45,
    threshold: 30,
    masterLinkStatus: 'up',
    message: 'Replication lag (45s) exceeds threshold (30s)',
    timestamp: 1706457600000,
  },
  threshold: {
    key: 'replicationLagSeconds',
    default: 10,
    min: 1,
    max: 3600,
    unit: 's',
    title: 'Replication lag',
    value: (data) => data.lagSeconds,
  },
  message: (data, threshold) =>
    `Replication lag (${data.lagSeconds}s) exceeds threshold (${threshold}s)`,
})

const state = z.object({
  runId: z.string(),
  role: z.string(),
  /** [epoch ms, offset]: where our stream stood, as far back as a replica is behind. */
  history: z.array(z.tuple([z.number(), z.number()])),
  /** Since when (epoch ms) who is behind, by subject; '' is this server itself. */
  behind: z.record(z.string(), z.number()),
  /** Since when (epoch ms) who has had no copy yet, by subject. */
  waiting: z.record(z.string(), z.number()),
})
type State = z.infer<typeof state>

/** One link as a look shows it. */
interface Link {
  readonly subject: string
  readonly lagSeconds: number
  readonly masterLinkStatus: 'up' | 'down'
  readonly reason?: 'behind' | 'link_down' | 'silent_primary' | 'syncing' | 'disconnected'
  readonly lagBytes?: number
  /** It never had a copy, so only we can tell since when. */
  readonly waiting?: boolean
}

/**
 * Lag is the age of data, seen from both ends: a primary knows how long the acknowledged offset of
 * each replica has been behind its own, a replica how long its link has been down or silent.
 */
export default definePlugin({
  name: 'replication',
  events: [replicationLag],
  requires: { commands: ['info'] },
  config: z.object({
    syncGraceSeconds: z
      .int()
      .min(0)
      .default(60)
      .describe('How long a replica may copy everything before that counts as lag.'),
  }),
  state,
  async poll({ valkey, now, state: remembered, config, emit }) {
    const info = await valkey.info()
    const last = remembered ?? { runId: '', role: '', history: [], behind: {}, waiting: {} }
    const runId = info.text('run_id') ?? ''
    const role = info.text('role') ?? ''
    const offset = info.number('master_repl_offset') ?? 0
    const history = extended(runId === last.runId ? last.history : [], now, offset)
    const next: State = { runId, role, history: [], behind: {}, waiting: {} }

    const visible = [...ownLink(info, last, now), ...replicaLinks(info, history, last, now)]
    for (const { waiting, ...link } of [...visible, ...goneLinks(visible, last, role, now)]) {
      const { subject, lagSeconds, reason } = link
      const before = last.behind[subject]
      if (waiting) next.waiting[subject] = last.waiting[subject] ?? now
      if (reason === 'syncing' && lagSeconds < config.syncGraceSeconds) {
        // Nobody can tell yet: an alert that stands goes on standing, none begins.
        if (before !== undefined) next.behind[subject] = before
        continue
      }
      if (lagSeconds > 0) next.behind[subject] = now - lagSeconds * 1000
      const { subject: replica, ...data } = link
      emit(replicationLag, { ...data, timestamp: now, ...(replica !== '' && { replica }) }, subject)
    }
    const behind = Math.max(...visible.map(({ lagBytes = -Infinity }) => lagBytes))
    return { ...next, history: history.filter(([, stood]) => stood > offset - behind) }
  },
})

function ownLink(info: Info, last: State, now: number): Link[] {
  if (info.text('role') !== 'slave') return []
  if (info.text('master_link_status') === 'up') {
    const silent = info.number('master_last_io_seconds_ago') ?? 0
    const up = { subject: '', masterLinkStatus: 'up' } as const
    return silent < silentSeconds
      ? [{ ...up, lagSeconds: 0 }]
      : [{ ...up, lagSeconds: silent, reason: 'silent_primary' }]
  }
  // -1 until a first copy has arrived.
  const down = info.number('master_link_down_since_seconds') ?? -1
  const copying = info.number('master_sync_in_progress') === 1 || info.number('loading') === 1
  const lagSeconds = down < 0 ? seconds(now, last.waiting['']) : down
  const reason = copying ? 'syncing' : 'link_down'
  return [{ subject: '', masterLinkStatus: 'down', lagSeconds, reason, waiting: down < 0 }]
}

/** The replicas a primary sees, and since when what each has acknowledged is not all there is. */
function replicaLinks(info: Info, history: State['history'], last: State, now: number): Link[] {
  const lines = info.startingWith('slave').filter(([name]) => /^slave\d+$/.test(name))
  return lines.map(([, line]) => {
    const fields = new Map(line.split(',').map((pair) => pair.split('=', 2) as [string, string]))
    const subject = `${fields.get('ip')}:${fields.get('port')}`
    const acknowledged = Number(fields.get('offset') ?? 0)
    if (fields.get('state') !== 'online' || acknowledged === 0) {
      const lagSeconds = seconds(now, last.waiting[subject])
      return { subject, masterLinkStatus: 'down', lagSeconds, reason: 'syncing', waiting: true }
    }
    const lagBytes = Math.max(0, (info.number('master_repl_offset') ?? 0) - acknowledged)
    const lagSeconds = seconds(now, history.find(([, stood]) => stood > acknowledged)?.[0])
    const reason = lagSeconds > 0 ? ({ reason: 'behind' } as const) : {}
    return { subject, masterLinkStatus: 'up', lagSeconds, lagBytes, ...reason }
  })
}

/** Who was behind and is no longer to be seen: still lagging, unless its part or its time is over. */
function goneLinks(visible: readonly Link[], last: State, role: string, now: number): Link[] {
  const gone = Object.entries(last.behind).filter(
    ([subject]) => !visible.some((link) => link.subject === subject),
  )
  return gone.map(([subject, since]) => {
    if (subject === '' || role !== last.role || now - since > forgetMs)
      return { subject, lagSeconds: 0, masterLinkStatus: 'up' }
    const lagSeconds = seconds(now, since)
    return { subject, lagSeconds, masterLinkStatus: 'down', reason: 'disconnected' }
  })
}

/** Adds where the stream stands now; begins again where it went back. */
function extended(history: State['history'], now: number, offset: number): State['history'] {
  const newest = history.at(-1)?.[1] ?? -1
  if (offset === newest) return history
  if (offset < newest) return [[now, offset]]
  const kept = history.length < mostSamples ? history : history.filter((_, at) => at % 2 === 0)
  return [...kept, [now, offset]]
}

const seconds = (now: number, since = now) => Math.max(0, Math.floor((now - since) / 1000))
