import {
  countsSubcommands,
  defineEvent,
  definePlugin,
  type Info,
  lastToRun,
  permitted,
  type Reply,
  successes,
} from 'tocsin/plugin'
import { z } from 'zod'

/** How often everything is read although no counter moved, which before 7.0 none does. */
const checkEvery = (info: Info) => (countsSubcommands(info) ? 180_000 : 10_000)
const mostCharacters = 256
const secret = /pass|secret|token|credential|auth$|^hash-seed$/
/** Follows failovers, which have an event of their own. */
const ignored = new Set(['replicaof', 'slaveof'])

const configChanged = defineEvent({
  type: 'config.changed',
  tier: 'enterprise',
  severity: 'warning',
  summary: 'The configuration of a running server changed.',
  data: z.object({
    configKey: z.string().min(1).describe('The parameter; `*` where only counters tell.'),
    oldValue: z.string().optional().describe('`***` for a secret.'),
    newValue: z.string().describe('`***` for a secret.'),
    modifiedBy: z.string().optional().describe('Who did it, where that client is still connected.'),
    timestamp: z.int().min(0).optional().describe('When it was seen, epoch milliseconds.'),
    reverted: z
      .boolean()
      .optional()
      .describe('True: CONFIG SET ran and left every value as it was at the look before.'),
  }),
  example: {
    configKey: 'maxmemory-policy',
    oldValue: 'noeviction',
    newValue: 'allkeys-lru',
    modifiedBy: 'admin',
    message: 'Configuration changed: maxmemory-policy = allkeys-lru (was: noeviction)',
    timestamp: 1706457600000,
  },
  message(data) {
    if (data.reverted) return 'Configuration changed: CONFIG SET ran and left no difference'
    const was = data.oldValue === undefined ? '' : ` (was: ${data.oldValue})`
    return `Configuration changed: ${data.configKey} = ${data.newValue}${was}`
  },
})

const state = z.object({
  runId: z.string(),
  /** Successful calls of CONFIG SET, as far as they are told apart (since 7.0). */
  sets: z.number(),
  /** More keys changed than calls were counted: the next count may belong to them. */
  ahead: z.boolean(),
  checkedAt: z.int(),
  /** By key. Of a secret only a checksum of eight bits: see {@link remembered}. */
  values: z.record(z.string(), z.string()).optional(),
})
type Values = Readonly<Record<string, string>>

/** Reads everything only when the counter of CONFIG SET moved, and every few minutes. */
export default definePlugin({
  name: 'config',
  events: [configChanged],
  requires: {
    commands: ['info', 'config|get', 'client|list'],
    capabilities: { 'client|list': { without: 'config.changed does not say who did it.' } },
  },
  state,
  async poll({ valkey, now, state: last, emit }) {
    const info = await valkey.info()
    const runId = info.text('run_id') ?? ''
    const sets = successes(info, 'config|set')
    const same = last?.runId === runId ? last : undefined
    const calls = Math.max(0, sets - (same?.sets ?? sets))
    const due = same === undefined || now - same.checkedAt >= checkEvery(info)
    if (!due && sets === same.sets && same.values) return same

    const [reply, clients] = await Promise.all([
      permitted(valkey.call('CONFIG', 'GET', '*')),
      calls > 0 ? permitted(valkey.call('CLIENT', 'LIST')) : undefined,
      // Whether we may, for people to see: this one is cheap.
      same === undefined ? permitted(valkey.call('CLIENT', 'LIST', 'TYPE', 'pubsub')) : undefined,
    ])
    const values = reply === undefined ? undefined : readValues(reply)
    const changes = values && same?.values ? differences(same.values, values) : []
    const modifiedBy = lastToRun(clients, /^config\|set$/)
    const about = { ...(modifiedBy !== undefined && { modifiedBy }), timestamp: now }
    for (const change of changes) emit(configChanged, { ...change, ...about })
    if (values && same?.values && calls > 0 && changes.length === 0 && !same.ahead)
      emit(configChanged, { configKey: '*', newValue: '(unchanged)', ...about, reverted: true })
    return { runId, sets, ahead: changes.length > calls, checkedAt: now, ...(values && { values }) }
  },
})

function readValues(reply: Reply): Values {
  const words = Array.isArray(reply) ? reply.map(String) : []
  const pairs = words.flatMap((key, at) =>
    at % 2 === 0 ? [[key, words[at + 1] ?? ''] as const] : [],
  )
  const keys = new Set(pairs.map(([key]) => key))
  return Object.fromEntries(
    pairs
      .filter(([key]) => !ignored.has(key) && (canonical(key) === key || !keys.has(canonical(key))))
      .map(([key, value]) => [key, remembered(key, value)]),
  )
}

/** The name that lasts, of the two that old parameters go by. */
const canonical = (key: string) =>
  key
    .replace('slave', 'replica')
    .replace(/^master/, 'primary')
    .replace('ziplist', 'listpack')

/**
 * What is kept of a value. Of a secret it is a checksum of eight bits, which helps nobody guess it
 * and misses one change in 256; such a change still counts as a CONFIG SET that left no difference.
 */
function remembered(key: string, value: string): string {
  if (secret.test(key)) return value === '' ? '' : `***${checksum(value) & 0xff}`
  if (value.length <= mostCharacters) return value
  return `${value.slice(0, mostCharacters)}… (${checksum(value).toString(16)})`
}

/** FNV-1a, 32 bits. */
function checksum(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}

/** A key seen for the first time, or no longer, is no change. */
function differences(before: Values, after: Values) {
  return Object.entries(after).flatMap(([configKey, newValue]) => {
    const oldValue = before[configKey]
    if (oldValue === undefined || oldValue === newValue) return []
    if (secret.test(configKey)) return [{ configKey, oldValue: '***', newValue: '***' }]
    return [{ configKey, oldValue, newValue }]
  })
}
