import { defineEvent, definePlugin } from 'tocsin/plugin'
import { z } from 'zod'

const percent = z.number().min(0).describe('Used memory as a percentage of maxmemory.')
const limit = z.int().min(0).describe('maxmemory in bytes; 0 is no limit.')
const used = z.int().min(0).describe('Memory that counts towards the limit, in bytes.')

const memoryCritical = defineEvent({
  type: 'memory.critical',
  tier: 'community',
  severity: 'critical',
  summary: 'Memory use is close to maxmemory.',
  data: z.object({
    metric: z.literal('memory_used_percent').describe('What was measured.'),
    value: percent,
    maxmemory: limit,
    usedMemory: used,
    usedBytes: used.optional(),
    maxBytes: limit.optional(),
    usedPercent: percent.optional(),
    usedMemoryHuman: z.string().optional().describe('As the server writes it: `947.00M`.'),
    maxMemoryHuman: z.string().optional().describe('The limit, for people.'),
  }),
  example: {
    metric: 'memory_used_percent',
    value: 92.5,
    threshold: 90,
    maxmemory: 1073741824,
    usedMemory: 993001472,
    message: 'Memory usage critical: 92.5% (threshold: 90%)',
  },
  threshold: {
    key: 'memoryCriticalPercent',
    default: 90,
    min: 1,
    max: 100,
    unit: '%',
    title: 'Memory',
    value: ({ value }) => value,
  },
  message: ({ value }, threshold) => `Memory usage critical: ${value}% (threshold: ${threshold}%)`,
})

const complianceAlert = defineEvent({
  type: 'compliance.alert',
  tier: 'enterprise',
  severity: 'error',
  summary: 'Memory is running out on a server that refuses writes instead of evicting keys.',
  data: z.object({
    complianceType: z.string().describe('What is at stake.'),
    severity: z.string().describe('How bad it is.'),
    memoryUsedPercent: percent,
    maxmemoryPolicy: z.string().describe('`noeviction` refuses writes when memory is full.'),
    timestamp: z.int().min(0).optional().describe('When it was seen, epoch milliseconds.'),
  }),
  example: {
    complianceType: 'data_retention',
    severity: 'high',
    memoryUsedPercent: 92.5,
    threshold: 80,
    maxmemoryPolicy: 'noeviction',
    message: 'Compliance alert: Memory at 92.5% with noeviction policy - data loss risk',
    timestamp: 1706457600000,
  },
  threshold: {
    key: 'complianceMemoryPercent',
    default: 80,
    min: 1,
    max: 100,
    unit: '%',
    // Another policy evicts instead of refusing: however full, there is nothing to comply with.
    value: ({ memoryUsedPercent, maxmemoryPolicy }) =>
      maxmemoryPolicy === 'noeviction' ? memoryUsedPercent : 0,
  },
  message: ({ memoryUsedPercent, maxmemoryPolicy }) =>
    `Compliance alert: Memory at ${memoryUsedPercent}% with ${maxmemoryPolicy} policy - data loss risk`,
})

export default definePlugin({
  name: 'memory',
  events: [memoryCritical, complianceAlert],
  requires: {
    commands: ['info'],
    capabilities: {
      maxmemory: {
        events: ['memory.critical', 'compliance.alert'],
        without: 'Without a limit there is no percentage of it: memory is never critical.',
        enable: 'CONFIG SET maxmemory BYTES',
      },
    },
  },
  async poll({ valkey, now, emit, capability }) {
    const info = await valkey.info()
    const maxmemory = info.number('maxmemory')
    const total = info.number('used_memory')
    if (maxmemory === undefined || total === undefined) return undefined

    capability('maxmemory', maxmemory > 0)
    // What the server itself leaves out when it decides about evicting: replication buffers, AOF.
    const usedMemory = Math.max(0, total - (info.number('mem_not_counted_for_evict') ?? 0))
    // Without a limit nothing is used of it; said all the same, since it clears an alert.
    const value = maxmemory === 0 ? 0 : percentOf(usedMemory, maxmemory)
    emit(memoryCritical, {
      metric: 'memory_used_percent',
      value,
      maxmemory,
      usedMemory,
      usedBytes: usedMemory,
      maxBytes: maxmemory,
      usedPercent: value,
      usedMemoryHuman: human(usedMemory),
      maxMemoryHuman: human(maxmemory),
    })

    const maxmemoryPolicy = info.text('maxmemory_policy')
    if (maxmemoryPolicy !== undefined)
      emit(complianceAlert, {
        complianceType: 'data_retention',
        severity: 'high',
        memoryUsedPercent: value,
        maxmemoryPolicy,
        timestamp: now,
      })
    return undefined
  },
})

/** To one decimal, but never up to a whole number: 89.96 % has not reached a threshold of 90. */
function percentOf(part: number, whole: number): number {
  const tenths = (part * 1000) / whole
  const rounded = Math.round(tenths)
  return (rounded % 10 === 0 ? Math.floor(tenths) : rounded) / 10
}

function human(bytes: number): string {
  const power = Math.max(
    0,
    ['B', 'K', 'M', 'G', 'T', 'P'].findLastIndex((_, n) => bytes >= 1024 ** n),
  )
  return power === 0 ? `${bytes}B` : `${(bytes / 1024 ** power).toFixed(2)}${'BKMGTP'[power]}`
}
