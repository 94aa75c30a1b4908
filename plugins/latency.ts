import {
  defineEvent,
  definePlugin,
  type Info,
  newestStalls,
  permitted,
  worstStall,
} from 'tocsin/plugin'
import { z } from 'zod'

/** Looks with traffic before the automatic limit judges. */
const warmUp = 30
/** Weight of a new look in the baseline, once warm. */
const weight = 0.02
/** Looks above the limit in a row after which that is the new normal: half an hour at 5 s. */
const newNormal = 360
/** How often it is asked again whether the latency monitor is on. */
const recheckMs = 300_000
/** No stall shorter than this is a spike by itself, in milliseconds. */
const stallMs = 100
/** Fewer calls than this in one look are a slow command now and then. */
const many = 10
const lostStalls = 'A single stall among many fast commands goes unnoticed.'
/** Not the workload: what monitors send, and what waits by design. Subcommands go with their command. */
const ignored = new Set(
  (
    'acl auth client cluster command commandlog config hello info latency memory module monitor ping psync quit ' +
    'replconf role select slowlog sync ' +
    'blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin psubscribe ssubscribe subscribe wait waitaof xread xreadgroup'
  ).split(' '),
)

const latencySpike = defineEvent({
  type: 'latency.spike',
  tier: 'pro',
  severity: 'warning',
  summary: 'Commands take much longer than usual.',
  data: z.object({
    currentLatency: z
      .number()
      .min(0)
      .describe('Mean time of the slowest command since the look before, or a longer stall; ms.'),
    baseline: z.number().min(0).describe('What it usually is, in milliseconds; 0 while learning.'),
    timestamp: z.int().min(0).optional().describe('When it was measured, epoch milliseconds.'),
    limit: z.number().min(0).optional().describe('The automatic limit, in milliseconds.'),
    calls: z.int().min(0).optional().describe('Calls that mean is taken over.'),
    command: z.string().optional().describe('The slowest command.'),
    stall: z
      .string()
      .optional()
      .describe('What stood still for `currentLatency`, as the latency monitor calls it: `fork`.'),
  }),
  example: {
    currentLatency: 48.5,
    baseline: 1.25,
    threshold: 10,
    message: 'Latency spike: 48.5ms (baseline: 1.25ms, threshold: 10ms)',
    timestamp: 1706457600000,
  },
  threshold: {
    key: 'latencySpikeMs',
    default: 0,
    min: 0,
    unit: 'ms',
    value: (data) => data.currentLatency,
    auto: (data) =>
      data.limit ?? (data.baseline > 0 ? limitAbove(data.baseline) : Number.MAX_SAFE_INTEGER),
  },
  message: (data, threshold) =>
    `Latency spike: ${data.currentLatency}ms (baseline: ${data.baseline}ms, threshold: ${threshold}ms)`,
})

/** The automatic limit: far above the baseline by any measure, and by what people notice. */
function limitAbove(baseline: number, spread = 0, calls = many): number {
  // What slows down everything is noticed sooner than a slow command now and then.
  const least = calls < many ? 10 : 1
  return Math.max(baseline * 3, baseline * Math.exp(4 * spread), baseline + least)
}

const state = z.object({
  runId: z.string(),
  /** Calls and microseconds by command, since the server's start or CONFIG RESETSTAT. */
  totals: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Mean and variance of the logarithm of the milliseconds a command takes. */
  /** The newest stall of each kind that the latency monitor had, in seconds of the server's clock. */
  stalls: z.record(z.string(), z.number()).optional(),
  /** When it was last asked whether that monitor is on, and whether it was. */
  monitor: z.object({ on: z.boolean(), askedAt: z.number() }).optional(),
  baseline: z.object({ looks: z.int(), mean: z.number(), variance: z.number(), above: z.int() }),
})
type Baseline = z.infer<typeof state>['baseline']

const unlearned: Baseline = { looks: 0, mean: 0, variance: 0, above: 0 }

/**
 * Mean time of the slowest command between two looks, from the differences of `commandstats`: the
 * percentiles of `latencystats` cover a server's whole life, and a mean over all commands hides the
 * few that hold up the many. Our own commands and those that block by design do not count. While
 * nothing runs the latency is 0.
 */
export default definePlugin({
  name: 'latency',
  events: [latencySpike],
  requires: {
    commands: ['info', 'latency|latest', 'latency|history', 'config|get'],
    capabilities: {
      'latency|latest': { without: lostStalls },
      'latency|history': { without: 'Of several stalls between two looks only the last is seen.' },
      'config|get': { without: 'Whether the latency monitor is on cannot be told.' },
      monitor: { without: lostStalls, enable: 'CONFIG SET latency-monitor-threshold 100' },
    },
  },
  state,
  async poll({ valkey, now, state: last, emit, capability }) {
    const asks = last?.monitor === undefined || now - last.monitor.askedAt >= recheckMs
    const [info, latest, setting] = await Promise.all([
      valkey.info(),
      permitted(valkey.call('LATENCY', 'LATEST')),
      asks ? permitted(valkey.call('CONFIG', 'GET', 'latency-monitor-threshold')) : undefined,
      last === undefined ? permitted(valkey.call('LATENCY', 'HISTORY', 'command')) : undefined,
    ])
    const on = Array.isArray(setting) ? Number(setting[1]) > 0 : (last?.monitor?.on ?? true)
    capability('monitor', on)
    const runId = info.text('run_id') ?? ''
    const totals = commandTotals(info)
    const learned = last?.baseline ?? unlearned
    const stalls = newestStalls(latest)
    const monitor = asks ? { on, askedAt: now } : last.monitor
    const next = { runId, totals, stalls, monitor, baseline: learned }
    const spent =
      last && last.runId !== runId ? undefined : difference(last?.totals ?? totals, totals)
    if (spent === undefined) return next

    const worst = await worstStall(valkey, last?.stalls, stalls)
    const warm = learned.looks >= warmUp
    const usual = warm ? Math.exp(learned.mean) : 0
    const { calls, current, command } = spent
    const limit = warm ? limitAbove(usual, Math.sqrt(learned.variance), calls) : undefined
    const told =
      worst && worst.ms > current
        ? { latency: worst.ms, limit: Math.max(limit ?? 0, stallMs), stall: worst.event }
        : { latency: current, limit, command }
    emit(latencySpike, {
      currentLatency: rounded(told.latency),
      baseline: rounded(usual),
      timestamp: now,
      ...(told.limit !== undefined && { limit: rounded(told.limit) }),
      calls,
      ...(told.command && { command: told.command }),
      ...(told.stall && { stall: told.stall }),
    })
    const above = limit !== undefined && current >= limit
    return calls === 0 ? next : { ...next, baseline: learn(learned, current, above) }
  },
})

type Totals = z.infer<typeof state>['totals']

function commandTotals(info: Info): Totals {
  const totals: Totals = {}
  for (const [field, stats] of info.startingWith('cmdstat_')) {
    const command = field.slice('cmdstat_'.length)
    const [, calls, usec] = /^calls=(\d+),usec=(\d+)/.exec(stats) ?? []
    if (calls === undefined || ignored.has(command.split('|', 1)[0] ?? '')) continue
    totals[command] = [Number(calls), Number(usec)]
  }
  return totals
}

/** The slowest of what ran since then; undefined where a counter went back, as CONFIG RESETSTAT makes it. */
function difference(before: Totals, after: Totals) {
  if (Object.keys(before).some((command) => !(command in after))) return undefined
  let slowest = { calls: 0, current: 0, command: '' }
  for (const [command, [callsAfter, usecAfter]] of Object.entries(after)) {
    const [callsBefore, usecBefore] = before[command] ?? [0, 0]
    if (callsAfter < callsBefore || usecAfter < usecBefore) return undefined
    const calls = callsAfter - callsBefore
    const current = calls === 0 ? 0 : (usecAfter - usecBefore) / calls / 1000
    if (calls > 0 && current >= slowest.current) slowest = { calls, current, command }
  }
  return slowest
}

/** Takes a look into the baseline; not one above the limit, or an incident would become normal. */
function learn(baseline: Baseline, current: number, above: boolean): Baseline {
  if (above && baseline.above < newNormal) return { ...baseline, above: baseline.above + 1 }
  const { looks, mean, variance } = above ? unlearned : baseline
  // A clock of microseconds: below one there is nothing to tell apart.
  const value = Math.log(Math.max(current, 0.001))
  const share = Math.max(1 / (looks + 1), weight)
  const off = value - mean
  return {
    looks: Math.min(looks + 1, warmUp),
    mean: mean + share * off,
    variance: (1 - share) * (variance + share * off * off),
    above: 0,
  }
}

const rounded = (value: number) => Math.round(value * 1000) / 1000
