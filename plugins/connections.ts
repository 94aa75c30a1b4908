import {
  defineEvent,
  definePlugin,
  type Info,
  permitted,
  type Valkey,
  ValkeyError,
} from 'tocsin/plugin'
import { z } from 'zod'

const clients = z.int().min(0).describe('Clients, replicas and cluster links.')
const limit = z.int().min(1).describe('maxclients.')

const connectionCritical = defineEvent({
  type: 'connection.critical',
  tier: 'community',
  severity: 'critical',
  summary: 'Connections are close to maxclients.',
  data: z.object({
    metric: z.literal('connected_clients_percent').describe('What was measured.'),
    value: z.number().min(0).describe('Connections as a percentage of maxclients.'),
    maxClients: limit.optional(),
    connectedClients: clients.optional(),
    currentConnections: clients.optional(),
    maxConnections: limit.optional(),
    usedPercent: z.number().min(0).optional().describe('The same as `value`.'),
  }),
  example: {
    metric: 'connected_clients_percent',
    value: 95.2,
    threshold: 90,
    maxClients: 10000,
    connectedClients: 9520,
    message: 'Connection usage critical: 95.2% (threshold: 90%)',
  },
  threshold: {
    key: 'connectionCriticalPercent',
    default: 90,
    min: 1,
    max: 100,
    unit: '%',
    title: 'Clients',
    value: ({ value }) => value,
  },
  message: ({ value }, threshold) =>
    `Connection usage critical: ${value}% (threshold: ${threshold}%)`,
})

const connectionSpike = defineEvent({
  type: 'connection.spike',
  tier: 'pro',
  severity: 'warning',
  summary: 'There are far more connections than usual, or more than the limit set.',
  data: z.object({
    currentConnections: clients,
    baseline: z.number().min(0).optional().describe('The usual number; absent until learned.'),
    stdDev: z.number().min(0).optional().describe('How far it usually strays from that.'),
    timestamp: z.int().min(0).optional().describe('When it was seen, epoch milliseconds.'),
  }),
  example: {
    currentConnections: 480,
    baseline: 120,
    stdDev: 15,
    threshold: 240,
    message: 'Connection spike: 480 connections (threshold: 240, baseline: 120)',
    timestamp: 1706457600000,
  },
  threshold: {
    key: 'connectionSpikeCount',
    default: 0,
    min: 0,
    unit: 'connections',
    value: ({ currentConnections }) => currentConnections,
    auto: ({ baseline, stdDev = 0 }) =>
      baseline === undefined ? Number.MAX_SAFE_INTEGER : spikeLimit(baseline, stdDev),
  },
  message: ({ currentConnections, baseline }, threshold) => {
    const usual = baseline === undefined ? '' : `, baseline: ${baseline}`
    return `Connection spike: ${currentConnections} connections (threshold: ${threshold}${usual})`
  },
})

/** Well outside the noise, and at least double and 20 more: nobody is woken for 3 instead of 1. */
const spikeLimit = (mean: number, sd: number) =>
  Math.ceil(Math.max(mean + 6 * sd, mean * 2, mean + 20))

/** Looks before the baseline is used. */
const warmUp = 30
/** Looks it remembers, about; with one every 5 s, a quarter of an hour. */
const memory = 200
/** A spike that lasts this long is the new level, which is learned from the start. */
const newLevelMs = 3_600_000

const baseline = z.object({
  count: z.int(),
  mean: z.number(),
  variance: z.number(),
  /** Since when the connections have been above the limit, epoch milliseconds. */
  above: z.number().optional(),
})
type Baseline = z.infer<typeof baseline>

/** Exponentially weighted mean and variance, a plain one at first; a spike is not learned. */
function learn(last: Baseline | undefined, value: number, now: number): Baseline {
  const { above = now, ...known } = last ?? { count: 0, mean: 0, variance: 0 }
  const spikes = known.count >= warmUp && value >= spikeLimit(known.mean, Math.sqrt(known.variance))
  if (spikes && now - above < newLevelMs) return { ...known, above }
  const { count, mean, variance } = spikes ? { count: 0, mean: 0, variance: 0 } : known
  const seen = Math.min(count + 1, memory)
  const change = value - mean
  return {
    count: seen,
    // Rounded, so that on a quiet server the state comes to rest and is not written again.
    mean: hundredths(mean + change / seen),
    variance: hundredths((1 - 1 / seen) * (variance + change ** 2 / seen)),
  }
}

const hundredths = (value: number) => Math.round(value * 100) / 100

export default definePlugin({
  name: 'connections',
  events: [connectionCritical, connectionSpike],
  requires: {
    commands: ['info', 'config|get'],
    capabilities: {
      'config|get': {},
      maxclients: {
        events: ['connection.critical'],
        without: 'The server does not tell its limit: allow CONFIG GET.',
      },
    },
  },
  state: z.object({
    /** The last limit seen, for when the server is too full to tell. */
    maxClients: z.int().optional(),
    /** Epoch milliseconds; where INFO does not tell it. */
    believedUntil: z.number().optional(),
    baseline: baseline.optional(),
  }),
  async poll({ valkey, now, state = {}, emit, capability }) {
    let info: Info
    try {
      info = await valkey.info()
    } catch (error) {
      if (!(error instanceof ValkeyError) || error.fault !== 'max_clients') throw error
      emit(connectionCritical, usage(100, state.maxClients, state.maxClients))
      return undefined
    }
    const connected = info.number('connected_clients')
    if (connected === undefined) return undefined
    // All that count where the server decides whether to let one more in.
    const current =
      connected + (info.number('connected_slaves') ?? 0) + (info.number('cluster_connections') ?? 0)
    const told =
      info.number('maxclients') ?? (now < (state.believedUntil ?? 0) ? state.maxClients : undefined)
    const maxClients = told ?? (await askMaxClients(valkey))
    capability('maxclients', maxClients !== undefined)
    if (maxClients !== undefined)
      emit(connectionCritical, usage(percentOf(current, maxClients), current, maxClients))

    const usual = state.baseline
    emit(connectionSpike, {
      currentConnections: current,
      ...(usual && usual.count >= warmUp
        ? { baseline: usual.mean, stdDev: hundredths(Math.sqrt(usual.variance)) }
        : {}),
      timestamp: now,
    })
    return {
      ...state,
      ...(maxClients === undefined ? {} : { maxClients }),
      ...(told === undefined ? { believedUntil: now + 60_000 } : {}),
      baseline: learn(usual, current, now),
    }
  },
})

/** Servers before 7.0 leave the limit out of INFO; undefined where asking is not allowed either. */
async function askMaxClients(valkey: Valkey): Promise<number | undefined> {
  const reply = await permitted(valkey.call('CONFIG', 'GET', 'maxclients'))
  const value = Array.isArray(reply) ? Number(reply[1]) : Number.NaN
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}

/** The numbers under the seed's names and the product's; none where the server would not tell. */
const usage = (value: number, current: number | undefined, maxClients: number | undefined) => ({
  metric: 'connected_clients_percent' as const,
  value,
  usedPercent: value,
  ...(maxClients === undefined ? {} : { maxClients, maxConnections: maxClients }),
  ...(current === undefined ? {} : { connectedClients: current, currentConnections: current }),
})

/** To one decimal, but never up to a whole number: 89.96 % has not reached a threshold of 90. */
function percentOf(part: number, whole: number): number {
  const tenths = (part * 1000) / whole
  const rounded = Math.round(tenths)
  return (rounded % 10 === 0 ? Math.floor(tenths) : rounded) / 10
}
