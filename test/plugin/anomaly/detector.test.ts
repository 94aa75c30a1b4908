import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { detectorState, observe } from '../../../src/plugin.ts'
import { alarms, chance, fiveMinutes, fiveSeconds, series, watch } from './series.ts'

const day = 288
const anyValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, 1e308, -1e308, 5e-324),
)
const anySeries = fc.array(anyValue, { minLength: 1, maxLength: 300 })
const noisy = (seed: number, level = 1000, noise = 30) => {
  const { normal } = chance(seed)
  return () => level + noise * normal()
}

describe('whatever it is given, a detector', () => {
  test('scores within 0 and 1, with finite numbers beside it', () => {
    fc.assert(
      fc.property(anySeries, fc.integer({ min: -1000, max: 1e6 }), (values, everyMs) => {
        for (const seen of watch(values, { everyMs }).seen) {
          expect(seen.score).toBeGreaterThanOrEqual(0)
          expect(seen.score).toBeLessThanOrEqual(1)
          expect(seen.stdDev).toBeGreaterThanOrEqual(0)
          for (const number of [seen.zScore, seen.baseline, seen.stdDev])
            expect(Number.isFinite(number)).toBe(true)
          expect(seen.reason !== undefined).toBe(seen.score >= 0.5)
        }
      }),
    )
  })

  test('goes on from its state as JSON as if nothing had happened', () => {
    fc.assert(
      fc.property(anySeries, anySeries, (before, after) => {
        const first = watch(before)
        const stored: unknown = JSON.parse(JSON.stringify(first.state))
        const restored = detectorState.parse(stored)
        expect(watch(after, { state: restored }).seen).toEqual(
          watch([...before, ...after]).seen.slice(before.length),
        )
      }),
    )
  })

  test('says of a beginning the same as of the whole: it never looks ahead', () => {
    fc.assert(
      fc.property(anySeries, anySeries, (before, after) => {
        const { seen } = watch([...before, ...after])
        expect(seen.slice(0, before.length)).toEqual(watch(before).seen)
      }),
    )
  })

  test('says nothing of the first 60 values', () => {
    fc.assert(
      fc.property(anySeries, (values) => {
        const { seen } = watch(values)
        expect(seen.slice(0, 60).every(({ score }) => score === 0)).toBe(true)
      }),
    )
  })
})

describe('a detector', () => {
  test('finds the same in a series scaled and shifted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: -8, max: 8 }),
        fc.integer({ min: -1000, max: 1000 }),
        (seed, exponent, shift) => {
          const value = noisy(seed, 0, 1)
          const values = series(1500, (at) => value() + (at > 1200 ? 30 : 0))
          // By powers of two, so that no rounding decides.
          const scaled = values.map((it) => it * 2 ** exponent + shift * 2 ** exponent)
          const [plain, moved] = [watch(values).seen, watch(scaled).seen]
          for (const [at, { score }] of plain.entries())
            expect(moved[at]?.score).toBeCloseTo(score, 3)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('keeps at most 8 KB, after 50 000 values of full precision', () => {
    const { normal } = chance(1)
    const { state } = watch(series(50_000, () => -123456.7 + normal() * 1e-3))
    expect(JSON.stringify(state).length).toBeLessThanOrEqual(8192)
    expect(detectorState.parse(state)).toEqual(state)
  })
})

describe('an anomaly', () => {
  const value = noisy(7)
  const usual = series(7 * day, value)

  test('is a spike, with where it stands against the past', () => {
    const { seen } = watch([...usual, 2000, 1000])
    const spike = seen[usual.length]
    expect(spike).toMatchObject({ direction: 'spike', reason: 'out_of_range' })
    expect(spike?.score).toBeGreaterThan(0.5)
    expect(spike?.baseline).toBeCloseTo(1000, -2)
    expect(spike?.zScore).toBeCloseTo((2000 - (spike?.baseline ?? 0)) / (spike?.stdDev ?? 1), 6)
    expect(spike?.zScore).toBeGreaterThan(10)
  })

  test('is a drop where traffic falls to zero, and told once', () => {
    const { seen } = watch([...usual, ...series(day, () => 0)])
    const told = alarms(seen).filter((at) => at >= usual.length)
    expect(told).toEqual([usual.length])
    expect(seen[usual.length]).toMatchObject({ direction: 'drop' })
  })

  test('is told within half a minute where values come every five seconds', () => {
    const quiet = series(2 * 17_280, value)
    const { seen } = watch([...quiet, ...series(200, () => 0)], { everyMs: fiveSeconds })
    const told = alarms(seen).filter((at) => at >= quiet.length)
    expect(told).toHaveLength(1)
    expect(told[0]).toBeLessThan(quiet.length + 6)
  })

  test('is a shift to another level, once; then that is the level', () => {
    const shifted = series(7 * day, () => value() + 500)
    const { seen } = watch([...usual, ...shifted])
    const told = alarms(seen).filter((at) => at >= usual.length)
    expect(told[0]).toBe(usual.length)
    expect(told.length).toBeLessThanOrEqual(2)
    expect(Math.abs(seen.at(-1)?.zScore ?? 9)).toBeLessThan(4)
    const { seen: back } = watch([...usual, ...shifted, 3000])
    expect(back.at(-1)?.score).toBeGreaterThan(0.5)
  })

  test('is a value that is usual by day and comes by night', () => {
    const daily = (at: number) => value() + 600 * Math.sin((at / day) * 2 * Math.PI)
    const days = series(10 * day + day / 4, daily)
    const [midnight, high] = [days.length + day / 2, 1500]
    const night = series(day, (at) =>
      Math.abs(days.length + at - midnight) < 6 ? high : daily(days.length + at),
    )
    const { seen } = watch([...days, ...night])
    const told = alarms(seen)
    expect(told.filter((at) => at > 3 * day && at < days.length)).toEqual([])
    const [at = 0] = told.filter((it) => it >= days.length)
    expect(Math.abs(at - midnight)).toBeLessThan(6)
    expect(seen[at]).toMatchObject({ reason: 'season', direction: 'spike' })
  })

  test('is not told again while it lasts, and the next one is', () => {
    const spikes = series(2 * day, (at) =>
      at === 0 || at === 5 ? 3000 : at === 400 ? 9000 : value(),
    )
    const { seen } = watch([...usual, ...spikes])
    const told = alarms(seen).filter((at) => at >= usual.length)
    expect(told.map((at) => at - usual.length)).toEqual([0, 400])
  })
})

describe('a gap in the values', () => {
  test('is no anomaly, and afterwards one is still found', () => {
    const value = noisy(3)
    let state = watch(series(7 * day, value)).state
    const later = (state?.at ?? 0) + 6 * 3_600_000
    const seen = series(300, (at) => {
      const next = observe(state, {
        timestamp: later + at * fiveMinutes,
        value: at === 299 ? 0 : value(),
      })
      state = next.state
      return next.score
    })
    expect(seen.slice(0, -1).filter((score) => score >= 0.5)).toEqual([])
    expect(seen.at(-1)).toBeGreaterThan(0.5)
  })
})
