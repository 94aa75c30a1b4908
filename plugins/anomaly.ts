import {
  type DetectorState,
  defineEvent,
  definePlugin,
  detectorState,
  type Info,
  observe,
  reasons,
  ValkeyError,
} from 'tocsin/plugin'
import { z } from 'zod'

/**
 * Where INFO has a metric, whether it only counts up, the least change that matters to anyone, and of
 * what counts up the least that a spike adds up to: one client that connects is no spike, however
 * short the time between two looks.
 */
type Metric = readonly [field: string, kind: 'gauge' | 'counter', least: number, few?: number]

/** What only counts up is looked at per second. */
const metrics = {
  ops_per_sec: ['total_commands_processed', 'counter', 10, 50],
  connections: ['connected_clients', 'gauge', 5],
  memory: ['used_memory', 'gauge', 2 ** 20],
  input_bytes_per_sec: ['total_net_input_bytes', 'counter', 10_000, 100_000],
  output_bytes_per_sec: ['total_net_output_bytes', 'counter', 10_000, 100_000],
  evicted_keys_per_sec: ['evicted_keys', 'counter', 1, 10],
  keyspace_misses_per_sec: ['keyspace_misses', 'counter', 10, 50],
  connections_per_sec: ['total_connections_received', 'counter', 1, 10],
} satisfies Record<string, Metric>
type MetricName = keyof typeof metrics
const names = Object.keys(metrics) as [MetricName, ...MetricName[]]
const counters = Object.values<Metric>(metrics).flatMap((it) => (it[1] === 'counter' ? it[0] : []))

const anomalyDetected = defineEvent({
  type: 'anomaly.detected',
  tier: 'pro',
  severity: 'warning',
  summary: 'A metric behaves unlike its own past.',
  // `threshold` is plain data here: the score the detector fired at. No webhook sets its own.
  data: z.object({
    anomalyId: z.string().min(1).describe('Identifies this anomaly, such as `anom-<uuid>`.'),
    metricType: z.string().min(1).describe('The metric, such as `ops_per_sec`.'),
    anomalyType: z.enum(['spike', 'drop']).describe('Which way the value left its baseline.'),
    severity: z.enum(['info', 'warning', 'critical']).describe('How unusual it is.'),
    value: z.number().describe('What was measured.'),
    baseline: z.number().describe('What was expected.'),
    stdDev: z.number().min(0).describe('Standard deviation around the baseline.'),
    zScore: z.number().describe('Distance from the baseline in standard deviations.'),
    threshold: z.number().describe('The score from which the detector reports.'),
    timestamp: z.int().min(0).optional().describe('When it was measured, epoch milliseconds.'),
    score: z.number().min(0).max(1).optional().describe('How unusual it is, all in all.'),
    reason: z
      .enum(reasons)
      .optional()
      .describe('What is unusual: the value, its distribution, its sequence, its time of day.'),
  }),
  example: {
    anomalyId: 'anom-550e8400-e29b-41d4-a716-446655440000',
    metricType: 'ops_per_sec',
    anomalyType: 'spike',
    severity: 'warning',
    value: 50000,
    baseline: 10000,
    stdDev: 5000,
    zScore: 4.2,
    threshold: 3,
    message: 'Unusual spike in ops_per_sec: 50000 (baseline: 10000, z-score: 4.2)',
    timestamp: 1706457600000,
  },
  message: (data) =>
    `Unusual ${data.anomalyType} in ${data.metricType}: ${data.value} (baseline: ${data.baseline}, z-score: ${data.zScore})`,
})

/** Looks this many times further apart than usual, and as long as this, are no succession. */
const farApart = 10
const longAway = 600_000

const state = z.object({
  runId: z.string(),
  at: z.number(),
  /** Counters as they stood at the last look. */
  totals: z.record(z.string(), z.number()),
  series: z.partialRecord(z.enum(names), detectorState),
})

/**
 * Learns each metric of a server and reports what is unlike its past: a value, its distribution, its
 * sequence, or its time of day. Our own looks are part of every metric and, being regular, normal.
 */
export default definePlugin({
  name: 'anomaly',
  events: [anomalyDetected],
  requires: { commands: ['info'] },
  config: z.object({
    /** The score from which an anomaly is reported. */
    threshold: z.number().min(0.5).max(1).default(0.5),
    metrics: z.array(z.enum(names)).default(names),
  }),
  state,
  async poll({ instance, valkey, now, state: last, config, emit }) {
    const info = await permitted(valkey.info())
    if (info === undefined) return undefined
    const runId = info.text('run_id') ?? ''
    const totals = totalsOf(info)
    const series: Partial<Record<MetricName, DetectorState>> = { ...last?.series }
    const next = { runId, at: now, totals, series }
    const seconds = last && continues(last, next) ? (now - last.at) / 1000 : 0
    const usualMs = Math.max(0, ...Object.values(series).map(({ interval }) => interval))
    // A mean over a time in which we were away, or our clock was set on, tells nothing of now.
    const away = usualMs > 0 && seconds * 1000 > Math.max(longAway, farApart * usualMs)
    for (const metricType of config.metrics) {
      const [field, kind, least, few = 0]: Metric = metrics[metricType]
      const [before, after] = [last?.totals[field], info.number(field)]
      if (after === undefined) continue
      if (kind === 'counter' && (before === undefined || seconds <= 0 || away)) continue
      const value = kind === 'gauge' ? after : rounded((after - (before ?? 0)) / seconds)
      const seen = observe(series[metricType], { timestamp: now, value })
      series[metricType] = seen.state
      const change = value - seen.baseline
      if (seen.score < config.threshold || Math.abs(change) < least) continue
      // A drop needs more to fall from than what we send, of which less comes when we look less often.
      const enough =
        change > 0 ? change * seconds >= few : (seen.baseline * usualMs) / 1000 >= few / 4
      if (kind === 'counter' && !enough) continue
      emit(
        anomalyDetected,
        {
          // The same look, taken again after a failure, names the same anomaly.
          anomalyId: `anom-${instance.id}-${metricType}-${now}`,
          metricType,
          anomalyType: seen.direction,
          severity: seen.score >= 0.9 ? 'critical' : 'warning',
          value,
          baseline: rounded(seen.baseline),
          stdDev: rounded(seen.stdDev),
          zScore: rounded(seen.zScore),
          threshold: config.threshold,
          timestamp: now,
          score: rounded(seen.score),
          ...(seen.reason && { reason: seen.reason }),
        },
        metricType,
      )
    }
    return next
  },
})

const totalsOf = (info: Info): Record<string, number> =>
  Object.fromEntries(counters.map((field) => [field, info.number(field) ?? 0]))

/** False after a restart or CONFIG RESETSTAT: what happened in between cannot be told. */
const continues = (last: z.infer<typeof state>, next: z.infer<typeof state>) =>
  last.runId === next.runId &&
  counters.every((field) => (next.totals[field] ?? 0) >= (last.totals[field] ?? 0))

const rounded = (value: number) => Math.round(value * 1000) / 1000

/** The answer, or undefined where this server will not give it to us. */
const permitted = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof ValkeyError && /^(denied|unsupported)$/.test(error.fault)) return undefined
    throw error
  })
