/**
 * Declares `anomaly.detected` and detects nothing yet: the detector is separate work. Until it is
 * here the event comes only from publishers over HTTP.
 *
 * @module
 */
import { defineEvent, definePlugin } from 'tocsin/plugin'
import { z } from 'zod'

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
    reason: z
      .enum(['out_of_range', 'distribution', 'pattern', 'season'])
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

export default definePlugin({ name: 'anomaly', events: [anomalyDetected] })
