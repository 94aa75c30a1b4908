import fc from 'fast-check'
import { checkPlugin, type InfoFields, poll } from 'tocsin/testing'
import { describe, expect, test } from 'vitest'
import memory from '../../plugins/memory.ts'

const info = (fields: InfoFields) => ({
  INFO: { maxmemory_policy: 'noeviction', mem_not_counted_for_evict: 0, ...fields },
})
const [critical, compliance] = memory.events

async function readings(fields: InfoFields) {
  const polled = await poll(memory, info(fields))
  return new Map(polled.readings.map(({ type, data }) => [type, data]))
}
const gigabyte = 1073741824

describe('memory.critical', () => {
  test('holds what the seed prints, under its names and those of the product', async () => {
    const data = (await readings({ used_memory: 993001472, maxmemory: gigabyte })).get(
      'memory.critical',
    )
    expect(data).toEqual({
      metric: 'memory_used_percent',
      value: 92.5,
      maxmemory: gigabyte,
      usedMemory: 993001472,
      usedBytes: 993001472,
      maxBytes: gigabyte,
      usedPercent: 92.5,
      usedMemoryHuman: '947.00M',
      maxMemoryHuman: '1.00G',
    })
    expect(critical?.message(data ?? {}, 90)).toBe('Memory usage critical: 92.5% (threshold: 90%)')
  })

  test('leaves out what the server does not count when it evicts', async () => {
    const fields = { used_memory: 950, mem_not_counted_for_evict: 150, maxmemory: 1000 }
    expect((await readings(fields)).get('memory.critical')).toMatchObject({
      value: 80,
      usedMemory: 800,
    })
    const more = { used_memory: 100, mem_not_counted_for_evict: 150, maxmemory: 1000 }
    expect((await readings(more)).get('memory.critical')).toMatchObject({ value: 0, usedMemory: 0 })
  })

  test('reads 0 % without a limit, so that an alert clears when the limit is taken away', async () => {
    const data = (await readings({ used_memory: 5000, maxmemory: 0 })).get('memory.critical')
    expect(data).toMatchObject({ value: 0, maxmemory: 0, usedMemory: 5000, maxMemoryHuman: '0B' })
  })

  test('is not known where the server hides its limit or its use', async () => {
    expect((await readings({ used_memory: 5000 })).size).toBe(0)
    expect((await readings({ maxmemory: 5000 })).size).toBe(0)
  })

  test('may be above 100 %', async () => {
    const over = await readings({ used_memory: 1200, maxmemory: 1000 })
    expect(over.get('memory.critical')).toMatchObject({ value: 120 })
  })

  test('reaches a threshold exactly when the memory does, rounded to one decimal', async () => {
    const bytes = fc.integer({ min: 1, max: 2 ** 42 })
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.integer({ min: 0, max: 1100 }),
        fc.integer({ min: -1, max: 1 }),
        async (maxmemory, tenths, nudge) => {
          const used = Math.max(0, Math.round((maxmemory * tenths) / 1000) + nudge)
          const data = (await readings({ used_memory: used, maxmemory })).get('memory.critical')
          const value = critical?.threshold?.value(data ?? {}) ?? Number.NaN
          expect(Math.abs(value - (used / maxmemory) * 100)).toBeLessThan(0.1 + 1e-9)
          expect(value).toBe(Number(value.toFixed(1)))
          for (let threshold = 1; threshold <= 100; threshold++)
            expect(value >= threshold).toBe(
              BigInt(used) * 100n >= BigInt(maxmemory) * BigInt(threshold),
            )
        },
      ),
    )
  })
})

describe('compliance.alert', () => {
  const value = (data: Readonly<Record<string, unknown>> | undefined) =>
    compliance?.threshold?.value({ ...data })

  test('holds what the seed prints', async () => {
    const data = (await readings({ used_memory: 925, maxmemory: 1000 })).get('compliance.alert')
    expect(data).toEqual({
      complianceType: 'data_retention',
      severity: 'high',
      memoryUsedPercent: 92.5,
      maxmemoryPolicy: 'noeviction',
      timestamp: 1706457600000,
    })
    expect(value(data)).toBe(92.5)
    expect(compliance?.message({ ...data }, 80)).toBe(
      'Compliance alert: Memory at 92.5% with noeviction policy - data loss risk',
    )
  })

  test.each(['allkeys-lru', 'volatile-ttl'])(
    'under the policy %s counts as 0 without lying about the memory',
    async (maxmemory_policy) => {
      const fields = { used_memory: 950, maxmemory: 1000, maxmemory_policy }
      const data = (await readings(fields)).get('compliance.alert')
      expect(data).toMatchObject({ memoryUsedPercent: 95, maxmemoryPolicy: maxmemory_policy })
      expect(value(data)).toBe(0)
    },
  )

  test('is read at every look, also when all is well', async () => {
    expect(
      value((await readings({ used_memory: 1, maxmemory: 1000 })).get('compliance.alert')),
    ).toBe(0.1)
    expect(value((await readings({ used_memory: 1, maxmemory: 0 })).get('compliance.alert'))).toBe(
      0,
    )
  })

  test('is not known where the server hides its policy', async () => {
    const { readings: seen } = await poll(memory, { INFO: { used_memory: 1, maxmemory: 2 } })
    expect(seen.map(({ type }) => type)).toEqual(['memory.critical'])
  })
})

test('asks for nothing but INFO', async () => {
  expect((await poll(memory, info({ used_memory: 1, maxmemory: 2 }))).calls).toEqual(['INFO all'])
})

describe('the plugin', () => {
  for (const check of checkPlugin(memory)) test(check.name, check.run)
})
