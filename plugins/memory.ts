import { defineEvent, definePlugin } from 'tocsin/plugin'
import { z } from 'zod'

const memoryCritical = defineEvent({
  type: 'memory.critical',
  tier: 'community',
  severity: 'critical',
  summary: 'Memory use is close to maxmemory.',
  data: z.object({
    metric: z.literal('memory_used_percent'),
    value: z.number().min(0).describe('Used memory as a percentage of maxmemory.'),
    maxmemory: z.int().min(0).describe('The limit, in bytes.'),
    usedMemory: z.int().min(0).describe('Memory that counts towards the limit, in bytes.'),
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
    value: (data) => data.value,
  },
  message: (data, threshold) => `Memory usage critical: ${data.value}% (threshold: ${threshold}%)`,
})

export default definePlugin({
  name: 'memory',
  events: [memoryCritical],
  requires: { commands: ['info'] },
  state: z.object({ a: z.number() }),
  async poll({ valkey, emit, state }) {
    const info = await valkey.info()
    const limit = info.number('maxmemory')
    const used = info.number('used_memory')
    if (!limit || used === undefined) return undefined
    emit(memoryCritical, {
      metric: 'memory_used_percent',
      value: used / limit,
      maxmemory: limit,
      usedMemory: used,
    })
    return { a: (state?.a ?? 0) + 1 }
  },
})
