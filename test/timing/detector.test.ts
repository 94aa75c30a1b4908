import { expect, test } from 'vitest'
import { observe } from '../../src/plugin.ts'
import { chance, fiveMinutes, series, start, watch } from '../plugin/anomaly/series.ts'

test('the detector takes at most 2 microseconds a value on average', () => {
  const { normal } = chance(1)
  const values = series(50_000, () => 1000 + 30 * normal())
  watch(values.slice(0, 20_000))
  // Time on the processor, so that neighbours do not count; the best round, so that warming up does not.
  const rounds = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    let state = watch([0]).state
    for (const [at, it] of values.entries())
      state = observe(state, { timestamp: start + at * fiveMinutes, value: it }).state
    const { user, system } = process.cpuUsage(before)
    return (user + system) / values.length
  })
  const best = Math.min(...rounds)
  console.info(`${best.toFixed(2)} microseconds a value`)
  expect(best).toBeLessThanOrEqual(2)
})
