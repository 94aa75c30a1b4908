import { defineEvent, definePlugin, type Info, ValkeyError } from 'tocsin/plugin'
import { z } from 'zod'

/** Looks with traffic before the automatic limit judges. */
const warmUp = 30
/** Weight of a new look in the baseline, once warm. */
const weight = 0.02
/** Looks above the limit in a row after which that is the new normal: half an hour at 5 s. */
const newNormal = 360
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
      .describe('Mean time a command took since the look before, in milliseconds.'),
    baseline: z.number().min(0).describe('What it usually is, in milliseconds; 0 while learning.'),
    timestamp: z.int().min(0).optional().describe('When it was measured, epoch milliseconds.'),
    limit: z.number().min(0).optional().describe('The automatic limit, in milliseconds.'),
    calls: z.int().min(0).optional().describe('Commands the mean is taken over.'),
    command: z.string().optional().describe('The command that took most of the time.'),
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
function limitAbove(baseline: number, spread = 0): number {
  return Math.max(baseline * 3, baseline * Math.exp(4 * spread), baseline + 1)
}

const state = z.object({
  runId: z.string(),
  /** Calls and microseconds by command, since the server's start or CONFIG RESETSTAT. */
  totals: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Mean and variance of the logarithm of the milliseconds a command takes. */
  baseline: z.object({ looks: z.int(), mean: z.number(), variance: z.number(), above: z.int() }),
})
type Baseline = z.infer<typeof state>['baseline']

const unlearned: Baseline = { looks: 0, mean: 0, variance: 0, above: 0 }

/**
 * Mean time of the commands between two looks, from the differences of `commandstats`: the
 * percentiles of `latencystats` cover a server's whole life and hide a spike. Our own commands and
 * those that block by design do not count. While nothing runs the latency is 0.
 */
export default definePlugin({
  name: 'latency',
  events: [latencySpike],
  requires: { commands: ['info'] },
  state,
  async poll({ valkey, now, state: last, emit }) {
    const info = await permitted(valkey.info())
    if (info === undefined) return undefined
    const runId = info.text('run_id') ?? ''
    const totals = commandTotals(info)
    const learned = last?.baseline ?? unlearned
    const begins = last === undefined ? totals : last.totals
    const spent = last && last.runId !== runId ? undefined : difference(begins, totals)
    if (spent === undefined) return { runId, totals, baseline: learned }

    const { calls, current, command } = spent
    const warm = learned.looks >= warmUp
    const usual = warm ? Math.exp(learned.mean) : 0
    const limit = limitAbove(usual, Math.sqrt(learned.variance))
    emit(latencySpike, {
      currentLatency: rounded(current),
      baseline: rounded(usual),
      timestamp: now,
      ...(warm && { limit: rounded(limit) }),
      calls,
      ...(command !== undefined && { command }),
    })
    const baseline = calls === 0 ? learned : learn(learned, current, warm && current >= limit)
    return { runId, totals, baseline }
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

/** What ran since then; undefined where a counter went back, as CONFIG RESETSTAT makes it. */
function difference(before: Totals, after: Totals) {
  if (Object.keys(before).some((command) => !(command in after))) return undefined
  let [calls, usec, most] = [0, 0, 0]
  let command: string | undefined
  for (const [name, [callsAfter, usecAfter]] of Object.entries(after)) {
    const [callsBefore, usecBefore] = before[name] ?? [0, 0]
    if (callsAfter < callsBefore || usecAfter < usecBefore) return undefined
    calls += callsAfter - callsBefore
    usec += usecAfter - usecBefore
    if (usecAfter - usecBefore <= most) continue
    most = usecAfter - usecBefore
    command = name
  }
  return { calls, current: calls === 0 ? 0 : usec / calls / 1000, command }
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

/** The answer, or undefined where this server will not give it to us. */
const permitted = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof ValkeyError && /^(denied|unsupported)$/.test(error.fault)) return undefined
    throw error
  })
