import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alarms, chance, series, watch } from './series.ts'

const steps = [250, 1000, 5000, 10_000, 60_000, 300_000, 3_600_000]
const anyStep = fc.constantFrom(...steps)
const anySeed = fc.integer({ min: 1, max: 1e6 })
/** Values known before anything happens. */
const anyWarmUp = fc.integer({ min: 80, max: 1000 })
const noise = (seed: number, share: number) => {
  const { normal } = chance(seed)
  return () => 100 * (1 + share * normal())
}

/** What is told of `after`, counted from its first value. */
function told(before: readonly number[], after: readonly number[], everyMs: number) {
  const { seen } = watch([...before, ...after], { everyMs })
  return alarms(seen).flatMap((at) =>
    at < before.length ? [] : [{ at: at - before.length, direction: seen[at]?.direction }],
  )
}

describe('however often values come, after 80 of them', () => {
  test('a jump is told at its first value, once', () => {
    fc.assert(
      fc.property(anyStep, anySeed, anyWarmUp, (everyMs, seed, warmUp) => {
        const value = noise(seed, 0.05)
        const after = series(40, () => 400 * value())
        expect(told(series(warmUp, value), after, everyMs)).toEqual([{ at: 0, direction: 'spike' }])
      }),
    )
  })

  test('a fall to nothing is told at its first value, once', () => {
    fc.assert(
      fc.property(anyStep, anySeed, anyWarmUp, (everyMs, seed, warmUp) => {
        const after = series(40, () => 0)
        expect(told(series(warmUp, noise(seed, 0.03)), after, everyMs)).toEqual([
          { at: 0, direction: 'drop' },
        ])
      }),
    )
  })

  test('a fall to nothing is told after a spike as well', () => {
    for (const everyMs of steps.filter((step) => step < 150_000))
      for (const warmUp of [80, 300, 1000])
        for (const seed of [1, 2, 3, 4, 5]) {
          const value = noise(seed * 7919, 0.03)
          const before = [...series(warmUp, value), 5000, 5000, ...series(20, value)]
          const nothing = series(40, () => 0)
          expect(told(before, nothing, everyMs)).toEqual([{ at: 0, direction: 'drop' }])
        }
  })
})

test('where values vary more, a fall to nothing is told by what stays away', () => {
  for (const everyMs of [250, 5000, 60_000])
    for (const [share, warmUp] of [
      [0.2, 400],
      [0.1, 2000],
    ] as const) {
      const late = Array.from({ length: 40 }, (_, at) => {
        const before = series(warmUp, noise(at + 1, share))
        const nothing = series(40, () => 0)
        return told(before, nothing, everyMs)[0]?.at
      })
      // Not even one in ten of them is missed.
      expect(late.filter((at) => at === undefined || at > 10).length).toBeLessThan(4)
    }
})

test('what comes daily is told at first only', () => {
  const day = 17_280
  const value = noise(5, 0.02)
  const values = series(5 * day, (at) => (at % day < 60 && at >= day ? 8000 : value()))
  const { seen } = watch(values, { everyMs: 5000 })
  expect(alarms(seen).filter((at) => at % day < 10)).toEqual([day])
})

describe('in 20 000 values, however often they come, nothing is told of', () => {
  const quiet: Readonly<Record<string, (draw: ReturnType<typeof chance>) => () => number>> = {
    noise:
      ({ normal }) =>
      () =>
        100 + 30 * normal(),
    'waiting times':
      ({ even }) =>
      () =>
        -Math.log(even()),
    'a random walk': ({ normal }) => {
      let level = 0
      return () => {
        level += normal()
        return level
      }
    },
    'a ramp': () => {
      let level = 5
      return () => level++
    },
  }
  for (const [name, of] of Object.entries(quiet))
    test(name, () => {
      for (const everyMs of [250, 1000])
        for (const seed of [1, 2, 3]) {
          const { seen } = watch(series(20_000, of(chance(seed * 7919))), { everyMs })
          expect(alarms(seen)).toEqual([])
        }
    })
})
