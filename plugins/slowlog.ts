import {
  clientField,
  defineEvent,
  definePlugin,
  type Info,
  permitted,
  type Reply,
} from 'tocsin/plugin'
import { z } from 'zod'

const windowSeconds = 300
const bucketSeconds = 10
/** Entries read at most: the log's own default length. */
const mostEntries = 128
/** How often it is asked again whether there is a log to read. */
const recheckMs = 300_000

const slowlogThreshold = defineEvent({
  type: 'slowlog.threshold',
  tier: 'pro',
  severity: 'warning',
  summary: 'Too many slow commands were logged.',
  data: z.object({
    slowlogCount: z.int().min(0).describe('Slow commands logged during the last five minutes.'),
    timestamp: z.int().min(0).optional().describe('When it was counted, epoch milliseconds.'),
  }),
  example: {
    slowlogCount: 150,
    threshold: 100,
    message: 'Slowlog count (150) exceeds threshold (100)',
    timestamp: 1706457600000,
  },
  threshold: {
    key: 'slowlogCount',
    default: 100,
    min: 1,
    max: 10000,
    unit: 'entries',
    value: (data) => data.slowlogCount,
  },
  message: (data, threshold) =>
    `Slowlog count (${data.slowlogCount}) exceeds threshold (${threshold})`,
})

const state = z.object({
  runId: z.string(),
  /** Newest entry counted; ids run on through SLOWLOG RESET and begin again with a restart. */
  lastId: z.int(),
  /** [second, commands] of the window, in steps of ten seconds. */
  recent: z.array(z.tuple([z.int(), z.int()])),
  /** False while the log is off or denied: no data is not "healthy". */
  available: z.boolean(),
  off: z.boolean(),
  checkedAt: z.int(),
  /** Our address at the last count, whose commands do not count. */
  self: z.string(),
})

/** Counts by id differences: SLOWLOG LEN is capped, never drains, and so could never clear. */
export default definePlugin({
  name: 'slowlog',
  events: [slowlogThreshold],
  requires: {
    commands: ['info', 'slowlog|get', 'config|get', 'client|info'],
    capabilities: {
      'config|get': { without: 'A log that is turned off cannot be told from a healthy server.' },
      'client|info': { without: 'Our own slow commands are counted too.' },
      log: {
        events: ['slowlog.threshold'],
        without: 'The server logs no slow commands.',
        enable: 'CONFIG SET slowlog-log-slower-than 10000',
      },
    },
  },
  state,
  async poll({ valkey, now, state: last, emit, capability }) {
    const due = last === undefined || now - last.checkedAt >= recheckMs
    const [info, newest, setting, self] = await Promise.all([
      valkey.info(),
      permitted(valkey.call('SLOWLOG', 'GET', 1)),
      due ? permitted(valkey.call('CONFIG', 'GET', 'slowlog-log-slower-than')) : undefined,
      due ? permitted(valkey.call('CLIENT', 'INFO')) : undefined,
    ])
    const runId = info.text('run_id') ?? ''
    const clock = serverSeconds(info, now)
    const checkedAt = due ? now : last.checkedAt
    const off = Array.isArray(setting) ? Number(setting[1]) < 0 : (last?.off ?? false)
    capability('log', !off)
    const available = newest !== undefined && !off
    const newestId = entries(newest)[0]?.id
    const known = last?.available && last.runId === runId ? last.lastId : undefined
    const next = {
      runId,
      lastId: newestId ?? known ?? -1,
      recent: last?.recent ?? [],
      available,
      off,
      checkedAt,
      self: addressOf(self) ?? last?.self ?? '',
    }
    if (!available) return next

    if (known !== undefined && next.lastId > known) {
      const fresh = next.lastId - known
      const [logged, client] = await Promise.all([
        // And those that came in between: with a low limit our own commands are among them.
        permitted(valkey.call('SLOWLOG', 'GET', Math.min(fresh + 16, mostEntries))),
        permitted(valkey.call('CLIENT', 'INFO')),
      ])
      next.self = addressOf(client) ?? ''
      const seen = entries(logged).filter(({ id }) => id > known && id <= next.lastId)
      const own = new Set([next.self, last?.self])
      const counted = seen.filter(({ client }) => client === '' || !own.has(client))
      // What the log no longer holds is at least as old as the oldest entry that it does.
      const lost = [{ time: seen.at(-1)?.time ?? clock, commands: fresh - seen.length }]
      next.recent = added(next.recent, [...counted, ...lost])
    }
    next.recent = next.recent.filter(([second]) => second > clock - windowSeconds)
    emit(slowlogThreshold, { slowlogCount: total(next.recent), timestamp: now })
    return next
  },
})

const addressOf = (client: Reply | undefined) => clientField(String(client), 'addr')

interface Entry {
  readonly id: number
  /** When it was logged, epoch seconds of the server's clock. */
  readonly time: number
  readonly client: string
  readonly commands: 1
}

function entries(reply: Reply | undefined): Entry[] {
  const rows = Array.isArray(reply) ? reply.filter(Array.isArray) : []
  return rows.map(([id, time, , , client = '']) => ({
    id: Number(id),
    time: Number(time),
    client: String(client),
    commands: 1,
  }))
}

type Buckets = z.infer<typeof state>['recent']

function added(
  recent: Buckets,
  slow: readonly { readonly time: number; readonly commands: number }[],
): Buckets {
  const counts = new Map(recent)
  for (const { time, commands } of slow) {
    const bucket = Math.floor(time / bucketSeconds) * bucketSeconds
    if (commands > 0) counts.set(bucket, (counts.get(bucket) ?? 0) + commands)
  }
  return [...counts].sort(([a], [b]) => a - b)
}

const total = (recent: Buckets) => recent.reduce((sum, [, commands]) => sum + commands, 0)

/** Entries carry the server's clock, so the window is held against it too (since 6.2). */
function serverSeconds(info: Info, now: number): number {
  const micros = info.number('server_time_usec')
  return micros === undefined ? now / 1000 : micros / 1e6
}
